package io.millrace.smux.core;

/** A token bucket against floods: {@code ratePerSecond} on average, {@code burst} at once. Rate 0 means no limit. */
public final class TokenRate {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int ratePerSecond;
    private final long burstNanos;
    /** Time that one event costs. */
    private final long costNanos;
    /** Saved-up time, at most {@link #burstNanos}. */
    private long creditNanos;

    private long lastNanos;
    private boolean started;

    public TokenRate(int ratePerSecond, int burst) {
        this.ratePerSecond = ratePerSecond;
        costNanos = ratePerSecond == 0 ? 0 : NANOS_PER_SECOND / ratePerSecond;
        burstNanos = costNanos * burst;
        creditNanos = burstNanos;
    }

    /** Takes one token at {@code nowNanos} (monotonic); {@code false} when there is none. */
    public boolean tryTake(long nowNanos) {
        if (ratePerSecond == 0) {
            return true;
        }
        if (started) {
            long elapsed = Math.max(0, nowNanos - lastNanos);
            creditNanos = Math.min(burstNanos, creditNanos + Math.min(elapsed, burstNanos));
        }
        started = true;
        lastNanos = nowNanos;
        if (creditNanos < costNanos) {
            return false;
        }
        creditNanos -= costNanos;
        return true;
    }
}
