package io.millrace.smux.core;

/**
 * The receive token bucket of a session. No frame is begun while it is empty, so it is overdrawn by one frame at most.
 * Always {@code availableBytes() + queuedBytes() == capacityBytes()}. spec: smux 7
 */
public final class ReceiveBudget {
    private final long capacityBytes;
    private long availableBytes;
    private long queuedBytes;

    public ReceiveBudget(long capacityBytes) {
        this.capacityBytes = capacityBytes;
        availableBytes = capacityBytes;
    }

    /** Whether another frame may be begun. */
    public boolean isOpen() {
        return availableBytes > 0;
    }

    /** Takes tokens for payload put into a queue. */
    public void charge(int bytes) {
        availableBytes -= bytes;
        queuedBytes += bytes;
    }

    /** Gives tokens back for payload that left a queue. */
    public void giveBack(long bytes) {
        if (bytes > queuedBytes) {
            throw new IllegalStateException("gives back " + bytes + " bytes of " + queuedBytes);
        }
        availableBytes += bytes;
        queuedBytes -= bytes;
    }

    public long availableBytes() {
        return availableBytes;
    }

    public long queuedBytes() {
        return queuedBytes;
    }

    public long capacityBytes() {
        return capacityBytes;
    }
}
