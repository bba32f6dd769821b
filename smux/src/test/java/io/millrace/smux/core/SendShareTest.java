package io.millrace.smux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SendShareTest {
    private final SendShare share = new SendShare();
    private long nowNs = Long.MAX_VALUE - 5; // clocks of any origin, and that wrap

    /** Sends at that rate for a while, 100 times a millisecond. */
    private void send(long bytesPerSecond, int forMs) {
        for (int i = 0; i < forMs * 100; i++) {
            nowNs += TimeUnit.MICROSECONDS.toNanos(10);
            share.onSent(bytesPerSecond / 100_000, nowNs);
        }
    }

    @Test
    void isOneFrameWhileNothingIsKnownOfTheRate() {
        assertThat(share.bytes()).isZero();
        send(1_000_000_000, 9);
        assertThat(share.bytes()).isZero();
    }

    @Test
    void isHalfAMillisecondOfTheRate() {
        send(50_000_000, 40);
        assertThat(share.bytes()).isBetween(24_000, 25_100);
        send(2_000_000, 40);
        assertThat(share.bytes()).as("less than a frame: one frame").isBetween(900, 1100);
    }

    @Test
    void hasABound() {
        send(5_000_000_000L, 40);
        assertThat(share.bytes()).isEqualTo(SendShare.MAX_BYTES);
        share.onSent(Long.MAX_VALUE / 1_000_000, nowNs);
        nowNs += TimeUnit.MILLISECONDS.toNanos(10);
        share.onSent(1, nowNs);
        assertThat(share.bytes()).isEqualTo(SendShare.MAX_BYTES);
    }

    @Test
    void isForgottenInAPause() {
        send(5_000_000_000L, 40);
        nowNs += TimeUnit.SECONDS.toNanos(10);
        share.onSent(1, nowNs);
        assertThat(share.bytes()).as("the rate over the pause").isLessThan(8192);
    }
}
