package io.millrace.kcp.arq;

import io.millrace.kcp.wire.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a sent segment is lost, and which stamp a transmission carries. Nothing else interprets our own stamps:
 * a peer only echoes them. These are KCP's rules, fast, early and timeout retransmission (spec: kcp 4.5, 4.6 (fastAck),
 * 4.8), with three of ours ({@link Rules#MILLRACE}; docs/retransmission.md has the measurements):
 *
 * <ul>
 *   <li>The timeout of a segment sent once waits while acknowledgements of others are still coming in and none has
 *       overtaken it. It then stands in a queue on the way, behind those, and sending it again would lengthen that queue;
 *       upstream repeats whole windows when a path or a busy processor is slower than it was.
 *   <li>Where acknowledgements pause instead, {@link RtoSlack} gives that timeout more time.
 *   <li>A segment that was overtaken and sent again is found lost again by acknowledgements of what was sent after that;
 *       upstream waits for its timeout, and the peer's reader with it.
 * </ul>
 */
final class LossRecovery {
    /** Whose rules apply. */
    enum Rules {
        /** Ours. */
        MILLRACE,
        /** Those of kcp-go (2026-03), for comparison. */
        KCP_GO
    }

    /** Why a segment is sent. */
    enum Reason {
        FIRST,
        FAST,
        EARLY,
        TIMEOUT
    }

    /** Acknowledgements that come at least this often are still coming in. */
    private static final int MIN_PATIENCE_MS = 30;

    private final SendBuffer sendBuffer;
    private final RttEstimator rtt;
    private final RetransmissionTimers timers = new RetransmissionTimers();
    private final OvertakingAcks acks = new OvertakingAcks();
    private final boolean noDelay;
    /** Later acknowledgements that mean loss; 0: never. */
    private final int fastResend;

    private final Rules rules;
    private final RtoSlack slack;

    /** No in-flight segment from this number on has been overtaken. */
    private int overtakenEnd;
    /** Some in-flight segment may have been overtaken and not sent again. */
    private boolean overtaken;
    /** Some of these may have reached the threshold. */
    private boolean thresholdReached;

    /** Without acknowledgement for so long, none keeps a timeout waiting. */
    private final int patienceMs;
    /** When a segment was acknowledged last; not set while {@link #anyAcked} is false. */
    private int lastAckedMs;

    private boolean anyAcked;

    private int fastRetransmissions;
    private int earlyRetransmissions;
    private int timeouts;

    LossRecovery(SendBuffer sendBuffer, KcpConfig config, Rules rules) {
        this.sendBuffer = sendBuffer;
        this.rules = rules;
        this.rtt = new RttEstimator(config.noDelay(), config.intervalMs());
        this.noDelay = config.noDelay();
        this.fastResend = config.fastResend();
        this.slack = config.rtoSlack();
        this.overtakenEnd = sendBuffer.una();
        this.patienceMs = rules == Rules.MILLRACE ? Math.max(MIN_PATIENCE_MS, config.intervalMs()) : 0;
    }

    RttEstimator rtt() {
        return rtt;
    }

    /** A round-trip sample from the stamp that an ACK echoed; -1 if it cannot be one. spec: kcp 6.4 (8) */
    int sampleRtt(int echoedTs, int nowMs) {
        int rttMs = Serial.diff(nowMs, echoedTs);
        return rtt.sample(rttMs) ? rttMs : -1;
    }

    /**
     * An ACK segment for a numbered one came; counted by {@link #countOvertaken}.
     *
     * @return what {@link #countOvertaken} found if that was necessary to make room, else false
     */
    boolean onAckSegment(int sn, int echoedTs) {
        boolean reached = acks.isFull() && countOvertaken();
        acks.add(sn, echoedTs);
        return reached;
    }

    /**
     * Counts the ACK segments since the last call against the segments they overtook: those with lower numbers, sent no
     * later than what was acknowledged (earlier, if they were overtaken before). One walk over the holes for all ACK
     * segments of a packet, with the outcome of one walk for each.
     *
     * @return whether a segment reached the threshold, so that a flush should follow
     */
    boolean countOvertaken() {
        if (acks.isEmpty()) {
            return false;
        }
        acks.sort();
        int end = acks.endSn();
        if (!overtaken || Serial.before(overtakenEnd, end)) {
            overtakenEnd = end;
        }
        boolean reached = false;
        for (Segment s = sendBuffer.firstInFlight(); s != null && Serial.before(s.sn, end); s = s.next) {
            int count = s.fastAck == Segment.RETRANSMITTED ? 0 : acks.countOvertaking(s.sn, s.overtakenFromTs);
            if (count > 0) {
                s.fastAck += count;
                overtaken = true;
                reached |= s.fastAck >= fastResend;
            }
        }
        acks.clear();
        thresholdReached |= reached;
        return reached;
    }

    /** A segment was acknowledged, by its number or by a later una: it is never sent again. */
    void onAcked(Segment segment, int nowMs) {
        timers.clear(segment);
        lastAckedMs = nowMs;
        anyAcked = true;
    }

    /** Whether a segment may have been overtaken: if no new data is sent, the next flush repeats it. */
    boolean hasOvertaken() {
        return overtaken;
    }

    /**
     * The first in-flight segment, in the order of numbers, that later acknowledgements show to be lost. Asked for once a
     * flush; the others follow by {@link #nextOvertaken}.
     *
     * @param newSegments segments sent for the first time in this flush; early retransmission needs none
     */
    @Nullable
    Segment firstOvertaken(int newSegments) {
        if (!thresholdReached && !(overtaken && newSegments == 0)) {
            return null;
        }
        thresholdReached = false;
        overtaken = false;
        return nextOvertakenFrom(sendBuffer.firstInFlight(), newSegments);
    }

    /** The next one after {@code previous}, which was transmitted meanwhile. */
    @Nullable
    Segment nextOvertaken(Segment previous, int newSegments) {
        return nextOvertakenFrom(previous.next, newSegments);
    }

    /** Not all that {@link #firstOvertaken} and its followers named could be sent: the next flush asks again. */
    void keepOvertaken() {
        overtaken = true;
        thresholdReached = true;
    }

    private @Nullable Segment nextOvertakenFrom(@Nullable Segment first, int newSegments) {
        for (Segment s = first; s != null && Serial.before(s.sn, overtakenEnd); s = s.next) {
            if (overtakenReason(s, newSegments) != Reason.FIRST) {
                return s;
            }
            overtaken |= s.fastAck > 0;
        }
        return null;
    }

    /** FAST or EARLY for a segment that was overtaken, FIRST for one that is not lost. */
    Reason overtakenReason(Segment s, int newSegments) {
        if (s.fastAck == Segment.RETRANSMITTED || s.fastAck == 0) {
            return Reason.FIRST;
        }
        if (fastResend > 0 && s.fastAck >= fastResend) {
            return Reason.FAST;
        }
        return newSegments == 0 ? Reason.EARLY : Reason.FIRST;
    }

    /** Takes a segment that timed out; null when none has. */
    @Nullable
    Segment pollTimedOut(int nowMs) {
        Segment due = timers.pollDue(nowMs);
        while (due != null && due.transmissions == 1 && due.fastAck == 0 && putOff(due, nowMs)) {
            timers.set(due, nowMs);
            due = timers.pollDue(nowMs);
        }
        return due;
    }

    /** Whether there is a reason to wait for longer with a segment sent once that nothing has overtaken, and until when. */
    private boolean putOff(Segment due, int nowMs) {
        int slackMs = slack.slackMs(due.rtoMs, sendBuffer.inFlightSegments());
        int dueMs = due.ts + due.rtoMs + slackMs;
        if (anyAcked && Serial.before(dueMs, lastAckedMs + patienceMs)) {
            dueMs = lastAckedMs + patienceMs;
        }
        due.resendAtMs = dueMs;
        return Serial.before(nowMs, dueMs);
    }

    /** Lets a segment in flight time out now, if it has timed out before. */
    void hasten(Segment segment, int nowMs) {
        segment.resendAtMs = nowMs;
        timers.set(segment, nowMs);
    }

    /** Stamps a transmission and sets the segment's timeout. spec: kcp 4.8 */
    void onTransmit(Segment segment, Reason reason, int nowMs) {
        int rtoMs = rtt.rtoMs();
        segment.overtakenFromTs = nowMs;
        switch (reason) {
            case FIRST -> segment.rtoMs = rtoMs;
            case FAST -> {
                segment.rtoMs = rtoMs;
                onOvertakenSent(segment, nowMs);
                fastRetransmissions++;
            }
            case EARLY -> {
                segment.rtoMs = rtoMs;
                onOvertakenSent(segment, nowMs);
                earlyRetransmissions++;
            }
            case TIMEOUT -> {
                segment.rtoMs += noDelay ? rtoMs / 2 : rtoMs;
                segment.fastAck = 0;
                timeouts++;
            }
        }
        segment.ts = nowMs;
        segment.transmissions++;
        segment.resendAtMs = nowMs + segment.rtoMs;
        timers.set(segment, nowMs);
    }

    private void onOvertakenSent(Segment segment, int nowMs) {
        if (rules == Rules.KCP_GO) {
            segment.fastAck = Segment.RETRANSMITTED;
        } else {
            segment.fastAck = 0;
            segment.overtakenFromTs = nowMs + 1; // what left in the same millisecond may have left before it
        }
    }

    /** Milliseconds until a segment may time out; {@link Integer#MAX_VALUE} when none is in flight. */
    int msUntilTimeout(int nowMs) {
        return timers.msUntilNext(nowMs);
    }

    int takeFastAndEarly(KcpStats stats) {
        stats.fastRetransSegs += fastRetransmissions;
        stats.earlyRetransSegs += earlyRetransmissions;
        int changes = fastRetransmissions + earlyRetransmissions;
        fastRetransmissions = 0;
        earlyRetransmissions = 0;
        return changes;
    }

    int takeTimeouts(KcpStats stats) {
        stats.lostSegs += timeouts;
        int lost = timeouts;
        timeouts = 0;
        return lost;
    }

    void releaseAll() {
        timers.clearAll();
        acks.clear();
        overtaken = false;
        thresholdReached = false;
    }
}
