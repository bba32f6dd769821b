package io.millrace.smux;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on what all sessions that share it hold in receive queues. While it is exceeded, sessions that hold something read no
 * further; one that holds nothing may go on, so that all of them make progress. Checked between batches of input, so it can
 * be exceeded by one batch a session. May be shared by any number of threads. spec: smux 17, 20 (many sessions)
 */
public final class SmuxMemoryLimit {
    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    /** @param maxBytes 1 or more */
    public SmuxMemoryLimit(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes = " + maxBytes + ": must be 1 or more");
        }
        this.maxBytes = maxBytes;
    }

    public long maxBytes() {
        return maxBytes;
    }

    /** Bytes held by all sessions, as they last reported. */
    public long usedBytes() {
        return usedBytes.get();
    }

    boolean isExhausted() {
        return usedBytes.get() >= maxBytes;
    }

    void add(long deltaBytes) {
        usedBytes.addAndGet(deltaBytes);
    }
}
