package io.millrace.kcp;

/**
 * Bounds that upstream lacks. spec: kcp 6.4 (11)
 *
 * @param maxSessions sessions at once on one socket, at least 1
 * @param firstDataTimeoutMs how long a session may live without having received anything in order, above 0
 */
public record KcpServerLimits(int maxSessions, long firstDataTimeoutMs) {
    /** 16384 sessions, 30 seconds. */
    public static final KcpServerLimits DEFAULT = new KcpServerLimits(16_384, 30_000);

    /** What the objects of a session may take; at rest it is half of that. */
    private static final int SESSION_BYTES = 16 * 1024;

    /**
     * The default, or fewer sessions: as many as half of a heap has room for. Beginning one takes a single packet, and no
     * key if it was recorded. spec: kcp 6.2
     *
     * @param heapBytes the most that the heap can become
     * @param sockets that share it, at least 1
     */
    public static KcpServerLimits fitting(long heapBytes, int sockets) {
        long sessions = heapBytes / 2 / SESSION_BYTES / sockets;
        return new KcpServerLimits(
                (int) Math.max(1, Math.min(DEFAULT.maxSessions, sessions)), DEFAULT.firstDataTimeoutMs);
    }

    /** Checks both. */
    public KcpServerLimits {
        if (maxSessions < 1) {
            throw new IllegalArgumentException("maxSessions " + maxSessions + ": at least 1");
        }
        if (firstDataTimeoutMs <= 0) {
            throw new IllegalArgumentException("firstDataTimeoutMs " + firstDataTimeoutMs + ": above 0");
        }
    }
}
