package io.millrace.tunnel.diagnosis;

/**
 * Judges one session by its counters, looked at from time to time. Pure, one thread.
 *
 * <p>A KCP session begins without an answer, and most settings are never compared: a peer that does not understand drops
 * what it gets. What is left to see is how far the answers go: none at all, acknowledgements only, or data.
 */
final class SessionDiagnosis {
    /** A client asks the system whether the port is closed after so long without an answer. */
    static final long PROBE_AFTER_MS = 1_000;
    /** An answer takes a round trip, also when packets are lost; after this there is none. */
    static final long NO_ANSWER_MS = 10_000;

    static final long REPEAT_MS = 60_000;
    /** A peer that acknowledges and sends nothing is asked once more, by a keep-alive frame, after so long. */
    static final long NUDGE_AFTER_MS = 2_000;
    /** Any peer sends a keep-alive frame after 10 s unless it is set otherwise. spec: smux 12 */
    static final long NOTHING_BACK_MS = 12_000;

    static final long STUCK_MS = 3_000;
    static final int STUCK_TRANSMISSIONS = 4;
    private static final long ALIVE_MS = 2_500;

    /** What is to be done about a session. */
    enum Step {
        NOTHING,
        /** See whether anything listens on the peer's port. */
        PROBE_PORT,
        /** Send a keep-alive frame; the acknowledgement shows whether the peer kept the session. */
        NUDGE,
        /** Say that nothing has ever come back. */
        NO_ANSWER,
        /** Say that the peer drops what it gets, for it has forgotten the session that it acknowledged. */
        REFUSED,
        /** Say that the peer acknowledges, and sends no byte. */
        NOTHING_BACK,
        /** Say that the peer has forgotten a session that worked. */
        FORGOTTEN,
        /** Say that the peer does not answer any more. */
        FELL_SILENT,
        /** Say that large packets do not arrive and small ones do. */
        MTU_TOO_LARGE
    }

    private final boolean client;

    private boolean sending;
    private long sendingSinceMs;
    private long goodPkts;
    private long lastGoodMs;
    private long ackedSinceMs;
    private boolean acked;
    private int oldestSn;
    private long stuckSinceMs;

    private boolean probed;
    private boolean nudged;
    private boolean saidNoAnswer;
    private long saidNoAnswerMs;
    private boolean saidRefused;
    private boolean saidNothingBack;
    private boolean saidForgotten;
    private boolean saidSilent;
    private boolean saidMtu;

    /** Since when earlier sessions with the peer had no answer; {@link #NEVER} if they had. */
    private final long unansweredSinceMs;

    /** No time. */
    static final long NEVER = Long.MIN_VALUE;

    /** For a session that begins; a server's has an answer to each question but one, for it was spoken to first. */
    SessionDiagnosis(boolean client) {
        this(client, NEVER);
    }

    /**
     * For a session that begins.
     *
     * @param unansweredSinceMs when the first of the sessions with this peer began to send that all had no answer, or
     *     {@link #NEVER}
     */
    SessionDiagnosis(boolean client, long unansweredSinceMs) {
        this.client = client;
        this.unansweredSinceMs = unansweredSinceMs;
    }

    /** What to do now; one thing at a time. */
    Step check(SessionReading now, long nowMs) {
        if (!sending) {
            if (now.sentPkts == 0) {
                return Step.NOTHING;
            }
            sending = true;
            sendingSinceMs = unansweredSinceMs == NEVER ? nowMs : unansweredSinceMs;
            lastGoodMs = nowMs;
            stuckSinceMs = nowMs;
        }
        if (now.goodPkts != goodPkts) {
            goodPkts = now.goodPkts;
            lastGoodMs = nowMs;
            saidSilent = false;
        }
        if (!now.waiting || now.oldestSn != oldestSn) {
            oldestSn = now.oldestSn;
            stuckSinceMs = nowMs;
        }
        if (!saidMtu && largeOnesAreLost(now, nowMs)) {
            saidMtu = true;
            return Step.MTU_TOO_LARGE;
        }
        if (!client) {
            return Step.NOTHING;
        }
        if (goodPkts == 0) {
            return now.badPkts > 0 ? Step.NOTHING : unanswered(nowMs);
        }
        return now.receivedBytes == 0 ? notUnderstood(now, nowMs) : working(now, nowMs);
    }

    private boolean largeOnesAreLost(SessionReading now, long nowMs) {
        return now.waiting
                && now.largestAckedBytes > 0
                && now.oldestBytes > now.largestAckedBytes
                && now.oldestTransmissions >= STUCK_TRANSMISSIONS
                && nowMs - stuckSinceMs >= STUCK_MS
                && nowMs - lastGoodMs <= ALIVE_MS;
    }

    private Step unanswered(long nowMs) {
        long silentMs = nowMs - sendingSinceMs;
        if (!probed && silentMs >= PROBE_AFTER_MS) {
            probed = true;
            return Step.PROBE_PORT;
        }
        if (silentMs >= NO_ANSWER_MS && (!saidNoAnswer || nowMs - saidNoAnswerMs >= REPEAT_MS)) {
            saidNoAnswer = true;
            saidNoAnswerMs = nowMs;
            probed = false;
            return Step.NO_ANSWER;
        }
        return Step.NOTHING;
    }

    private Step notUnderstood(SessionReading now, long nowMs) {
        if (now.peerForgot && !saidRefused) {
            saidRefused = true;
            return Step.REFUSED;
        }
        if (!acked && now.largestAckedBytes > 0) {
            acked = true;
            ackedSinceMs = nowMs;
        }
        if (!acked || saidRefused) {
            return Step.NOTHING;
        }
        if (!nudged && nowMs - ackedSinceMs >= NUDGE_AFTER_MS) {
            nudged = true;
            return Step.NUDGE;
        }
        if (!saidNothingBack && nowMs - ackedSinceMs >= NOTHING_BACK_MS) {
            saidNothingBack = true;
            return Step.NOTHING_BACK;
        }
        return Step.NOTHING;
    }

    private Step working(SessionReading now, long nowMs) {
        if (now.peerForgot && !saidForgotten) {
            saidForgotten = true;
            return Step.FORGOTTEN;
        }
        if (!saidSilent && now.waiting && nowMs - lastGoodMs >= NO_ANSWER_MS) {
            saidSilent = true;
            return Step.FELL_SILENT;
        }
        return Step.NOTHING;
    }

    /** Since when the session, or one before it, has sent without an answer; {@link #NEVER} if it has one or sends nothing. */
    long unansweredSinceMs() {
        return sending && goodPkts == 0 ? sendingSinceMs : NEVER;
    }

    /** For how long the session has sent. */
    long sendingForMs(long nowMs) {
        return nowMs - sendingSinceMs;
    }

    /** How long nothing good has come. */
    long silentForMs(long nowMs) {
        return nowMs - lastGoodMs;
    }
}
