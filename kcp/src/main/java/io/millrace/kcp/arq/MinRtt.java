package io.millrace.kcp.arq;

/**
 * The shortest round trip of the last ten to twenty seconds: what the path takes when nothing waits in its queues. An older one may be
 * another path's.
 */
final class MinRtt {
    static final int PERIOD_MS = 10_000;

    private boolean sampled;
    private int periodStartMs;
    private int presentMs;
    private int previousMs;

    void sample(int rttMs, int nowMs) {
        long elapsedMs = Integer.toUnsignedLong(nowMs - periodStartMs);
        if (!sampled || elapsedMs >= PERIOD_MS) {
            previousMs = sampled && elapsedMs < 2 * PERIOD_MS ? presentMs : rttMs;
            presentMs = rttMs;
            periodStartMs = nowMs;
            sampled = true;
        }
        presentMs = Math.min(presentMs, rttMs);
    }

    /** -1 before the first sample. */
    int ms() {
        return sampled ? Math.min(presentMs, previousMs) : -1;
    }
}
