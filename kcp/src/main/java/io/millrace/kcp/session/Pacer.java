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

    private final int minCreditBytes;
    private long bytesPerSecond;
    /** Thousandths of a byte, what the rate gives in a second of milliseconds; negative: debt. */
    private long balance;

    private int updatedMs;

    /**
     * A pacer without debt.
     *
     * @param bytesPerSecond at least 1
     * @param minCreditBytes what may leave at once after a rest, if the rate gives less in the time of the usual credit; it begins with
     *     these
     */
    Pacer(long bytesPerSecond, int minCreditBytes, int nowMs) {
        this.bytesPerSecond = checked(bytesPerSecond);
        this.minCreditBytes = minCreditBytes;
        this.balance = 1000L * minCreditBytes;
        this.updatedMs = nowMs;
    }

    private static long checked(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytesPerSecond " + bytesPerSecond + ": at least 1");
        }
        return bytesPerSecond;
    }

    /** Another rate from now on, at least 1; what was saved or spent remains. */
    void setRate(long newBytesPerSecond, int nowMs) {
        if (newBytesPerSecond != bytesPerSecond) {
            update(nowMs);
            bytesPerSecond = checked(newBytesPerSecond);
        }
    }

    /** Whether something may leave now. */
    boolean isReady(int nowMs) {
        return msUntilReady(nowMs) == 0;
    }

    /** Milliseconds until something may leave, 0 for now. */
    int msUntilReady(int nowMs) {
        update(nowMs);
        return (int) Math.min(Integer.MAX_VALUE - 1, msOfDebt());
    }

    private void update(int nowMs) {
        long elapsedMs = Integer.toUnsignedLong(nowMs - updatedMs);
        updatedMs = nowMs;
        long credit = Math.max(bytesPerSecond * CREDIT_MS, 1000L * minCreditBytes);
        balance = elapsedMs > msOfDebt() + credit / bytesPerSecond // else the product below might overflow
                ? credit
                : Math.min(credit, balance + bytesPerSecond * elapsedMs);
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

    /** Bytes that may be inside of the session: what may leave at once, or what waits so that the pace is never short of it. */
    long backlogBytes() {
        return Math.max(bytesPerSecond * BACKLOG_MS, balance) / 1000;
    }
}
