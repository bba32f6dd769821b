package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** spec: kcp 4.9 */
class KcpCongestionControlTest {
    private static final int MSS = 1000;

    private final KcpCongestionControl congestion = new KcpCongestionControl(MSS, 2);

    private void ack(int times, int remoteWindow) {
        for (int i = 0; i < times; i++) {
            congestion.onAcked(1, remoteWindow, 0);
        }
    }

    @Test
    void startsWithOneSegmentAndSlowStartsToTheThreshold() {
        assertThat(congestion.windowSegments()).isEqualTo(1);
        ack(1, 100);
        assertThat(congestion.windowSegments()).isEqualTo(2);
    }

    /** 1000*1000/incr + 1000/16 a time, from 2000 bytes: 2562, 3014 (3 segments: 4), ... worked by hand. */
    @Test
    void avoidanceGrowsByTheFormula() {
        ack(1, 100); // window 2 = threshold, incr 2000
        ack(1, 100); // incr 2000 + 500 + 62 = 2562 < 3000
        assertThat(congestion.windowSegments()).isEqualTo(2);
        ack(1, 100); // incr 2562 + 390 + 62 = 3014 >= 3000: (3014 + 999) / 1000
        assertThat(congestion.windowSegments()).isEqualTo(4);
        ack(1, 100); // incr 3014 + 331 + 62 = 3407 < 5000
        assertThat(congestion.windowSegments()).isEqualTo(4);
    }

    @Test
    void neverAboveTheRemoteWindow() {
        ack(1000, 7);
        assertThat(congestion.windowSegments()).isEqualTo(7);
        ack(1000, 0);
        assertThat(congestion.windowSegments()).isEqualTo(7);
    }

    @Test
    void aFastRetransmissionHalvesWhatIsInFlightAndAddsTheThreshold() {
        ack(1000, 50);
        congestion.onFastRetransmit(1, 40, 0);
        assertThat(congestion.windowSegments()).isEqualTo(22);
        congestion.onFastRetransmit(1, 1, 0);
        assertThat(congestion.windowSegments()).isEqualTo(4);
    }

    @Test
    void aTimeoutFallsBackToOneAndSlowStartsToHalfTheOldWindow() {
        ack(1000, 50);
        congestion.onTimeout(3, 40, 0);
        assertThat(congestion.windowSegments()).isEqualTo(1);
        ack(19, 100);
        assertThat(congestion.windowSegments()).isEqualTo(20);
        ack(1, 100);
        assertThat(congestion.windowSegments()).isEqualTo(20);
    }

    /** 0xffffffff is added modulo 2^32. */
    @Test
    void withoutAFastThresholdTheWindowIsOneBelow() {
        KcpCongestionControl off = new KcpCongestionControl(MSS, 0);
        off.onFastRetransmit(1, 40, 0);
        assertThat(off.windowSegments()).isEqualTo(19);
        off.onFastRetransmit(1, 2, 0);
        assertThat(off.windowSegments()).isEqualTo(1);
    }

    @Test
    void anAbsurdThresholdDoesNotOverflow() {
        KcpCongestionControl absurd = new KcpCongestionControl(1476, Integer.MAX_VALUE);
        absurd.onFastRetransmit(1, 65_535, 0);
        assertThat(absurd.windowSegments()).isEqualTo(65_535);
        absurd.onAcked(1, 65_535, 0);
        assertThat(absurd.windowSegments()).isEqualTo(65_535);
    }

    @Test
    void theWindowIsNotLimitedWithoutCongestionControl() {
        CongestionControl none = new NoCongestionControl();
        none.onTimeout(5, 5, 0);
        assertThat(none.windowSegments()).isEqualTo(Integer.MAX_VALUE);
    }
}
