package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first timeout of many segments in flight takes longer, and no other does. The RTO is 200 ms before any sample. */
class RtoSlackTest {
    private static KcpBench bench(int shift, int minInFlight) {
        return new KcpBench(new KcpConfig(124, 128, 128, true, 10, 2, false, false, new RtoSlack(shift, minInFlight)));
    }

    /** A bench with {@code segments} sent at 0; nothing is acknowledged, so that only the slack keeps timeouts waiting. */
    private static KcpBench sent(int shift, int minInFlight, int segments) {
        KcpBench bench = bench(shift, minInFlight);
        bench.input(bench.wins());
        bench.sendSegments(segments);
        assertThat(bench.flush()).hasSize(segments);
        return bench;
    }

    /** Goes on until something is sent again; the time of that. */
    private static int firstTimeoutMs(KcpBench bench, int segments) {
        while (true) {
            int again = bench.sleepAndFlush().size();
            if (again > 0) {
                assertThat(again).isEqualTo(segments);
                return bench.nowMs;
            }
        }
    }

    @ParameterizedTest(name = "shift {0}, from {1} in flight, {2} are: {3} ms")
    @CsvSource({
        "0, 0, 40, 200",
        "1, 0, 1, 300",
        "1, 32, 31, 200",
        "1, 32, 32, 300",
        "2, 32, 40, 250",
        "3, 32, 40, 225",
        "16, 1, 40, 200"
    })
    void theFirstTimeoutIsLongerByAFractionOfTheRto(int shift, int minInFlight, int segments, int expectedMs) {
        assertThat(firstTimeoutMs(sent(shift, minInFlight, segments), segments)).isEqualTo(expectedMs);
    }

    @Test
    void theNextTimeoutIsAsEver() {
        KcpBench bench = sent(1, 32, 40);
        assertThat(firstTimeoutMs(bench, 40)).isEqualTo(300);
        assertThat(firstTimeoutMs(bench, 40)).isEqualTo(300 + 300);
    }

    /** What is in flight is looked at when the RTO has passed, so the tail of a transfer is not kept waiting. */
    @Test
    void segmentsThatWereAcknowledgedMeanwhileDoNotCount() {
        KcpBench bench = sent(1, 32, 40);
        bench.nowMs = 100;
        bench.peerUna = 9;
        bench.input(bench.wins());
        assertThat(firstTimeoutMs(bench, 31)).isEqualTo(200);
    }

    @Test
    void anOvertakenSegmentGetsNoSlack() {
        KcpBench bench = sent(1, 32, 40);
        bench.nowMs = 100;
        bench.input(bench.ack(1, 0));
        bench.input(bench.ack(2, 0));
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
        int rtoMs = bench.kcp.rtoMs();
        bench.nowMs = 100 + rtoMs - 1;
        assertThat(bench.flushBrief()).doesNotContain("PUSH 0");
        bench.nowMs = 100 + rtoMs;
        assertThat(bench.flushBrief()).contains("PUSH 0");
    }

    @Test
    void whatIsNoSlackIsRefused() {
        assertThatThrownBy(() -> new RtoSlack(-1, 0)).hasMessage("shift -1: allowed are 0..16");
        assertThatThrownBy(() -> new RtoSlack(17, 0)).hasMessage("shift 17: allowed are 0..16");
        assertThatThrownBy(() -> new RtoSlack(1, -1)).hasMessage("minInFlightSegments -1: must not be negative");
    }
}
