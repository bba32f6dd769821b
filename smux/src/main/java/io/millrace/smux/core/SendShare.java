package io.millrace.smux.core;

/**
 * How much a stream may send before the next has its turn: what the session sends in half a millisecond. A slow session changes
 * after each frame, so that none waits long; a fast one lets each stream send a run, which reaches the other end's application with
 * one write instead of many. spec: smux 11
 */
public final class SendShare {
    /** Most bytes in a turn; what the relay of a fast connection holds. */
    public static final int MAX_BYTES = 256 * 1024;

    private static final long TURN_NS = 500_000;
    private static final long WINDOW_NS = 10_000_000;

    private boolean started;
    private long windowStartNs;
    private long windowBytes;
    private int bytes;

    /** Bytes after which a stream's turn ends; 0 means after one frame. At most {@link #MAX_BYTES}. */
    public int bytes() {
        return bytes;
    }

    /**
     * Counts what a turn has sent. The rate is that of the last window of 10 ms or, after a pause, of a longer one.
     *
     * @param nowNs time in nanoseconds of any origin
     */
    public void onSent(long sentBytes, long nowNs) {
        long elapsedNs = nowNs - windowStartNs;
        if (!started || elapsedNs >= WINDOW_NS) {
            bytes = started ? (int) Math.min(MAX_BYTES, windowBytes * TURN_NS / elapsedNs) : 0;
            started = true;
            windowStartNs = nowNs;
            windowBytes = 0;
        }
        windowBytes += sentBytes;
    }
}
