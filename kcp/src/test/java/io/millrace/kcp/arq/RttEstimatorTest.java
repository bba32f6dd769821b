package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RttEstimatorTest {
    private record State(int srtt, int rttvar, int rto) {}

    private static State state(RttEstimator rtt) {
        return new State(rtt.srttMs(), rtt.rttvarMs(), rtt.rtoMs());
    }

    private static List<State> trace(RttEstimator rtt, int... samples) {
        List<State> states = new ArrayList<>();
        for (int sample : samples) {
            assertThat(rtt.sample(sample)).isTrue();
            states.add(state(rtt));
        }
        return states;
    }

    /** spec: kcp 10.5 */
    @Test
    void followsTheReferenceTraceWithoutNoDelay() {
        assertThat(trace(new RttEstimator(false, 30), 100, 120, 90, 300, 20, 20, 20, 0, 1000))
                .containsExactly(
                        new State(100, 50, 300),
                        new State(102, 42, 270),
                        new State(90 + 10, 34, 236),
                        new State(125, 75, 425),
                        new State(111, 75, 411),
                        new State(99, 75, 399),
                        new State(89, 76, 393),
                        new State(77, 76, 381),
                        new State(192, 287, 1340));
    }

    /** spec: kcp 10.5 */
    @Test
    void followsTheReferenceTraceWithNoDelay() {
        assertThat(trace(new RttEstimator(true, 10), 5, 3, 0, 7, 1, 40, 2))
                .containsExactly(
                        new State(5, 2, 30),
                        new State(4, 2, 30),
                        new State(3, 2, 30),
                        new State(3, 2, 30),
                        new State(2, 2, 30),
                        new State(6, 11, 50),
                        new State(5, 9, 41));
    }

    @Test
    void startsAt200MsWithoutASample() {
        assertThat(state(new RttEstimator(true, 10))).isEqualTo(new State(0, 0, 200));
    }

    @Test
    void leastTimeoutDependsOnNoDelay() {
        assertThat(trace(new RttEstimator(false, 10), 1)).containsExactly(new State(1, 0, 100));
        assertThat(trace(new RttEstimator(true, 10), 1)).containsExactly(new State(1, 0, 30));
    }

    @Test
    void aMeanOfZeroStartsAnew() {
        assertThat(trace(new RttEstimator(true, 10), 0, 400))
                .containsExactly(new State(0, 0, 30), new State(400, 200, 1200));
    }

    @Test
    void theTimeoutIsAtMostAMinute() {
        assertThat(trace(new RttEstimator(true, 10), 60_000)).containsExactly(new State(60_000, 30_000, 60_000));
    }

    /** spec: kcp 6.4 (8) */
    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 60_001, Integer.MAX_VALUE})
    void impossibleSamplesChangeNothing(int sampleMs) {
        RttEstimator rtt = new RttEstimator(false, 30);
        rtt.sample(100);
        State before = state(rtt);
        assertThat(rtt.sample(sampleMs)).isFalse();
        assertThat(state(rtt)).isEqualTo(before);
    }

    @Property
    void theTimeoutStaysInItsRange(
            @ForAll boolean noDelay,
            @ForAll @IntRange(min = 10, max = 5000) int intervalMs,
            @ForAll List<@IntRange(max = 60_000) Integer> samples) {
        RttEstimator rtt = new RttEstimator(noDelay, intervalMs);
        for (int sample : samples) {
            rtt.sample(sample);
            assertThat(rtt.rtoMs()).isBetween(noDelay ? 30 : 100, 60_000);
            assertThat(rtt.srttMs()).isBetween(0, 60_000);
            assertThat(rtt.rttvarMs()).isBetween(0, 60_000);
        }
    }
}
