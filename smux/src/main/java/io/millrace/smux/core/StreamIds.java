package io.millrace.smux.core;

/**
 * Stream ids: the client opens 3, 5, 7, ..., the server 2, 4, 6, ...; ids are unsigned and never reused in a session.
 * spec: smux 4
 */
public final class StreamIds {
    private final boolean client;
    /** The id handed out last, as unsigned value. */
    private long last;

    public StreamIds(boolean client) {
        this(client, client ? 1 : 0);
    }

    /** Starts after {@code lastUsed}, an id of this side. */
    public StreamIds(boolean client, long lastUsed) {
        this.client = client;
        this.last = lastUsed;
    }

    /** Whether another id can be had. */
    public boolean hasNext() {
        return last + 2 <= 0xffff_ffffL;
    }

    /** The next id; only while {@link #hasNext()}. */
    public int next() {
        if (!hasNext()) {
            throw new IllegalStateException("stream ids are used up");
        }
        last += 2;
        return (int) last;
    }

    /** Whether only this side may open a stream of that id. */
    public boolean isOwn(int streamId) {
        return (streamId & 1) == (client ? 1 : 0);
    }
}
