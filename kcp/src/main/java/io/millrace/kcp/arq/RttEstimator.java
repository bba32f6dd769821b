package io.millrace.kcp.arq;

/** Smoothed round-trip time, its variation and the retransmission timeout. spec: kcp 4.5 (vectors 10.5) */
final class RttEstimator {
    static final int INITIAL_RTO_MS = 200;
    static final int MAX_RTO_MS = 60_000;
    static final int MIN_RTO_MS = 100;
    static final int MIN_RTO_NODELAY_MS = 30;

    private final int minRtoMs;
    private final int intervalMs;
    private int srttMs;
    private int rttvarMs;
    private int rtoMs = INITIAL_RTO_MS;

    RttEstimator(boolean noDelay, int intervalMs) {
        this.minRtoMs = noDelay ? MIN_RTO_NODELAY_MS : MIN_RTO_MS;
        this.intervalMs = intervalMs;
    }

    /** Takes one sample; false for a negative or absurd one (above the largest RTO), which is ignored. spec: kcp 6.4 (8) */
    boolean sample(int rttMs) {
        if (rttMs < 0 || rttMs > MAX_RTO_MS) {
            return false;
        }
        if (srttMs == 0) {
            srttMs = rttMs;
            rttvarMs = rttMs >> 1;
        } else {
            int delta = rttMs - srttMs;
            srttMs += delta >> 3;
            delta = Math.abs(delta);
            // A sample far below the mean is a path that got better, not one that varies: weigh it less.
            int shift = rttMs < srttMs - rttvarMs ? 5 : 2;
            rttvarMs += (delta - rttvarMs) >> shift;
        }
        rtoMs = Math.min(MAX_RTO_MS, Math.max(minRtoMs, srttMs + Math.max(intervalMs, rttvarMs << 2)));
        return true;
    }

    int srttMs() {
        return srttMs;
    }

    int rttvarMs() {
        return rttvarMs;
    }

    int rtoMs() {
        return rtoMs;
    }
}
