package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LinkProfileTest {
    @Test
    void toBuilderKeepsEveryValue() {
        LinkProfile profile = new LinkProfile(
                1,
                2,
                true,
                0.3,
                4,
                0.5,
                0.06,
                7,
                0.8,
                0.9,
                10,
                11,
                12,
                13,
                14,
                LinkProfile.builder().blackoutMs(15, 16).build().blackouts());
        assertThat(profile.toBuilder().build()).isEqualTo(profile);
    }

    @Test
    void burstLossShareGivesTheEnterProbability() {
        LinkProfile profile = LinkProfile.builder().burstLossShare(0.2, 5).build();
        // mean good run is 1 / p = 20 datagrams, mean burst 5: 5 of 25
        assertThat(profile.burstEnterProbability()).isCloseTo(0.05, within(1e-12));
        assertThat(profile.meanBurstPackets()).isEqualTo(5);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("delayMs", b -> b.delayMs(-1)),
                wrong("delayMs", b -> b.delayMs(Double.NaN)),
                wrong("delayMs", b -> b.delayMs(Double.POSITIVE_INFINITY)),
                wrong("jitterMs", b -> b.jitterMs(-0.1)),
                wrong("reorderProbability", b -> b.reorder(1.1, 1)),
                wrong("reorderDelayMs", b -> b.reorder(1, -1)),
                wrong("lossProbability", b -> b.lossProbability(-0.1)),
                wrong("burstEnterProbability", b -> b.burstLoss(2, 1)),
                wrong("meanBurstPackets", b -> b.burstLoss(0.1, 0.5)),
                wrong("burst loss share", b -> b.burstLossShare(1, 5)),
                wrong("duplicateProbability", b -> b.duplicateProbability(Double.NaN)),
                wrong("corruptProbability", b -> b.corruptProbability(5)),
                wrong("rateBitsPerSecond", b -> b.rateBitsPerSecond(0)),
                wrong("queueBytes", b -> b.queueBytes(0)),
                wrong("queuePackets", b -> b.queuePackets(0)),
                wrong("overheadBytes", b -> b.overheadBytes(-1)),
                wrong("mtuBytes", b -> b.mtuBytes(-1)),
                wrong("blackout", b -> b.blackoutMs(5, 5)));
    }

    private static Arguments wrong(String name, UnaryOperator<LinkProfile.Builder> change) {
        return Arguments.of(name, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void namesAWrongValue(String name, UnaryOperator<LinkProfile.Builder> change) {
        assertThatThrownBy(() -> change.apply(LinkProfile.builder()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("must be");
    }
}
