package io.millrace.kcp.session;

import io.millrace.kcp.arq.Kcp;
import org.jspecify.annotations.Nullable;

/**
 * Spreads a window over a round trip. Without it, the acknowledgement that ends a wait for a lost segment releases up to a whole
 * window at once, which overruns the queue of a slower link and is lost in its turn. The pace is a quarter above what the
 * window can carry on average, so it never is what limits the throughput of an undisturbed session.
 */
final class WindowPace {
    /** Below this, sessions are not paced: what stands in a queue is as short, and timers are no finer than a millisecond. */
    static final int MIN_RTT_MS = 10;

    /** What leaves at once after a rest: a few dozen packets, which any queue takes. Smaller windows are not spread at all. */
    static final int CREDIT_BYTES = 64 * 1024;

    private WindowPace() {}

    /**
     * The pacer that fits the session's window and path now: the one it had, with another rate, or a new one, or none.
     *
     * @param bytesPerSegment what a full segment takes on the wire
     */
    static @Nullable Pacer pacer(@Nullable Pacer present, Kcp kcp, int bytesPerSegment, int nowMs) {
        int rttMs = kcp.minRttMs();
        if (rttMs < MIN_RTT_MS) {
            return null;
        }
        long windowBytes = (long) kcp.widestWindowSegments() * bytesPerSegment;
        long bytesPerSecond = windowBytes * 1250 / rttMs;
        if (present == null) {
            return new Pacer(bytesPerSecond, CREDIT_BYTES, nowMs);
        }
        present.setRate(bytesPerSecond, nowMs);
        return present;
    }
}
