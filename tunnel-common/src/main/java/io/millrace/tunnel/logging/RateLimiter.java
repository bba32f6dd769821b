package io.millrace.tunnel.logging;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Lets an action happen at most once in a period and tells how often it was held back since. Any thread. */
public final class RateLimiter {
    private static final long WARNING_PERIOD_MS = TimeUnit.SECONDS.toMillis(10);

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

    /** For log lines about a trouble that may come with every connection. */
    public static RateLimiter ofWarnings() {
        return new RateLimiter(WARNING_PERIOD_MS);
    }

    /** Runs the action if it is time, giving it the number of calls held back since it last ran. */
    public void run(LongConsumer action) {
        long held = turn();
        if (held >= 0) {
            action.accept(held);
        }
    }

    /** The calls held back, or -1 if this is one more of them. */
    private synchronized long turn() {
        long nowNs = System.nanoTime();
        if (happened && nowNs - lastNs < periodNs) {
            suppressed++;
            return -1;
        }
        happened = true;
        lastNs = nowNs;
        long held = suppressed;
        suppressed = 0;
        return held;
    }

    /** What a log line says of those held back: nothing if there were none. */
    public static String more(long suppressed) {
        return suppressed == 0 ? "" : " (and " + suppressed + " more like it)";
    }
}
