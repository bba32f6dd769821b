package io.millrace.kcp.session;

/**
 * Spreads what a session sends over time, so that a rate holds over any stretch longer than a few milliseconds: a token
 * bucket that may go into debt. Whatever leaves is spent; while the session is in debt nothing more should leave. So the
 * longest burst is the small credit kept for timers that fire late, and the packet (with its parity) that goes into debt.
 *
 * <p>Pure: the time is an argument, in milliseconds of a clock that never goes back. spec: tunnel 3.4, 12 (21)
 */
final class Pacer {
    /** Unused time that counts: a timer that fires this late loses nothing of the rate. */
    static final int CREDIT_MS = 2;

    /** What may wait behind the rate inside of the session: enough to never run dry between two wake-ups. */
    private static final int BACKLOG_MS = 20;

    private final long bytesPerSecond;
    /** Thousandths of a byte, what the rate gives in a second of milliseconds; negative: debt. */
    private long balance;

    private int updatedMs;

    /**
     * A pacer without credit or debt.
     *
     * @param bytesPerSecond at least 1
     */
    Pacer(int bytesPerSecond, int nowMs) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytesPerSecond " + bytesPerSecond + ": at least 1");
        }
        this.bytesPerSecond = bytesPerSecond;
        this.updatedMs = nowMs;
    }

    /** Whether something may leave now. */
    boolean isReady(int nowMs) {
        return msUntilReady(nowMs) == 0;
    }

    /** Milliseconds until something may leave, 0 for now. */
    int msUntilReady(int nowMs) {
        long elapsedMs = Integer.toUnsignedLong(nowMs - updatedMs);
        updatedMs = nowMs;
        long owedMs = msOfDebt();
        balance = elapsedMs >= owedMs + CREDIT_MS
                ? bytesPerSecond * CREDIT_MS
                : Math.min(bytesPerSecond * CREDIT_MS, balance + bytesPerSecond * elapsedMs);
        return (int) Math.min(Integer.MAX_VALUE - 1, msOfDebt());
    }

    private long msOfDebt() {
        return balance >= 0 ? 0 : (-balance + bytesPerSecond - 1) / bytesPerSecond;
    }

    /** Whether the balance, as of the last look at the time, covers bytes that are about to leave. */
    boolean covers(int bytes) {
        return balance >= 1000L * bytes;
    }

    /** So many bytes leave, ready or not. */
    void spend(int bytes) {
        balance -= 1000L * bytes;
    }

    /** Bytes that may wait inside of the session for their time, so that the pace is never short of them. */
    long backlogBytes() {
        return bytesPerSecond * BACKLOG_MS / 1000;
    }
}
