package io.millrace.tunnel.logging;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Lets an action happen at most once in a period and tells how often it was held back since. One thread. */
public final class RateLimiter {
    private final long periodNs;
    private long lastNs;
    private boolean happened;
    private long suppressed;

    /**
     * A fresh limiter.
     *
     * @param periodMs least time between two runs, above 0
     */
    public RateLimiter(long periodMs) {
        this.periodNs = TimeUnit.MILLISECONDS.toNanos(periodMs);
    }

    /** Runs the action if it is time, giving it the number of calls held back since it last ran. */
    public void run(LongConsumer action) {
        long nowNs = System.nanoTime();
        if (happened && nowNs - lastNs < periodNs) {
            suppressed++;
            return;
        }
        happened = true;
        lastNs = nowNs;
        long held = suppressed;
        suppressed = 0;
        action.accept(held);
    }
}
