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
