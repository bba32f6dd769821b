package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Defaults and the checks of spec: smux 15, in their order. */
class SmuxConfigTest {
    @Test
    void defaultsAreThoseOfSmux() {
        SmuxConfig config = SmuxConfig.defaults();
        assertThat(config.version()).isEqualTo(1);
        assertThat(config.keepAliveDisabled()).isFalse();
        assertThat(config.keepAliveIntervalMs()).isEqualTo(10_000);
        assertThat(config.keepAliveTimeoutMs()).isEqualTo(30_000);
        assertThat(config.maxFrameBytes()).isEqualTo(32768);
        assertThat(config.maxReceiveBufferBytes()).isEqualTo(4194304);
        assertThat(config.maxStreamBufferBytes()).isEqualTo(65536);
        assertThat(config.limits().maxPeerStreams()).isEqualTo(16_384);
        assertThat(config.toBuilder().build()).isEqualTo(config);
    }

    private static void refused(UnaryOperator<SmuxConfig.Builder> change, String... parts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change.apply(SmuxConfig.builder()).build())
                .withMessageContainingAll(parts);
    }

    @Test
    void eachRuleNamesFieldValueAndWhatIsAllowed() {
        refused(b -> b.version(3), "version = 3", "1 or 2", "unsupported protocol version");
        refused(b -> b.version(0), "version = 0");
        refused(b -> b.keepAliveIntervalMs(0), "keepAliveIntervalMs = 0", "keep-alive interval must be positive");
        refused(b -> b.keepAliveIntervalMs(-5), "keepAliveIntervalMs = -5");
        refused(b -> b.keepAliveTimeoutMs(9_999), "keepAliveTimeoutMs = 9999", "10000..");
        refused(b -> b.maxFrameBytes(0), "maxFrameBytes = 0", "max frame size must be positive");
        refused(b -> b.maxFrameBytes(65536), "maxFrameBytes = 65536", "1..65535");
        refused(b -> b.maxReceiveBufferBytes(0), "maxReceiveBufferBytes = 0", "must be positive");
        refused(b -> b.maxReceiveBufferBytes(1L << 31), "maxReceiveBufferBytes = 2147483648", "1..2147483647");
        refused(b -> b.maxStreamBufferBytes(0), "maxStreamBufferBytes = 0", "must be positive");
        refused(
                b -> b.maxReceiveBufferBytes(1000).maxStreamBufferBytes(1001),
                "maxStreamBufferBytes = 1001",
                "1..1000",
                "in version 1 too");
    }

    @Test
    void theFirstBrokenRuleWins() {
        refused(b -> b.version(9).maxFrameBytes(0), "version = 9");
        refused(b -> b.maxFrameBytes(0).maxReceiveBufferBytes(0), "maxFrameBytes = 0");
    }

    @Test
    void edgesAreAllowed() {
        SmuxConfig config = SmuxConfig.builder()
                .version(2)
                .keepAliveIntervalMs(7)
                .keepAliveTimeoutMs(7)
                .maxFrameBytes(65535)
                .maxReceiveBufferBytes(Integer.MAX_VALUE)
                .maxStreamBufferBytes(Integer.MAX_VALUE)
                .build();
        assertThat(config.maxStreamBufferBytes()).isEqualTo(Integer.MAX_VALUE);
        assertThat(SmuxConfig.builder()
                        .keepAliveDisabled(true)
                        .keepAliveIntervalMs(0)
                        .keepAliveTimeoutMs(-1)
                        .build()
                        .keepAliveDisabled())
                .isTrue();
    }

    @Test
    void limitsAreCheckedToo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmuxLimits.builder().maxPeerStreams(0).build())
                .withMessage("maxPeerStreams = 0: must be 1..16777216");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmuxLimits.builder().closeLingerMs(-1).build())
                .withMessageStartingWith("closeLingerMs = -1: must be 0..");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SmuxMemoryLimit(0))
                .withMessage("maxBytes = 0: must be 1 or more");
    }
}
