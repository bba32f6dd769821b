package io.millrace.kcp.arq;

import io.millrace.kcp.wire.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a sent segment is lost, and which stamp a transmission carries. Nothing else interprets our own stamps:
 * a peer only echoes them. Today these are KCP's rules: fast, early and timeout retransmission. spec: kcp 4.5, 4.6
 * (fastAck), 4.8
 */
final class LossRecovery {
    /** Why a segment is sent. */
    enum Reason {
        FIRST,
        FAST,
        EARLY,
        TIMEOUT
    }

    private final SendBuffer sendBuffer;
    private final RttEstimator rtt;
    private final RetransmissionTimers timers = new RetransmissionTimers();
    private final boolean noDelay;
    /** Later acknowledgements that mean loss; 0: never. */
    private final int fastResend;

    /** One above the highest number acknowledged by an ACK segment: no segment from here on can have a fastAck. */
    private int fastAckEnd;

    private int fastRetransmissions;
    private int earlyRetransmissions;
    private int timeouts;

    LossRecovery(SendBuffer sendBuffer, boolean noDelay, int intervalMs, int fastResend) {
        this.sendBuffer = sendBuffer;
        this.rtt = new RttEstimator(noDelay, intervalMs);
        this.noDelay = noDelay;
        this.fastResend = fastResend;
        this.fastAckEnd = sendBuffer.una();
    }

    RttEstimator rtt() {
        return rtt;
    }

    /** A round-trip sample from the stamp that an ACK echoed; -1 if it lies in the future. */
    int sampleRtt(int echoedTs, int nowMs) {
        int rttMs = Serial.diff(nowMs, echoedTs);
        if (rttMs < 0) {
            return -1;
        }
        rtt.sample(rttMs);
        return rttMs;
    }

    /**
     * Counts an ACK segment against the segments it overtook.
     *
     * @return whether one of them reached the threshold, so that a flush should follow
     */
    boolean onAckSegment(int sn, int echoedTs) {
        boolean reached = false;
        for (Segment s = sendBuffer.firstInFlight(); s != null && Serial.before(s.sn, sn); s = s.next) {
            if (s.fastAck != Segment.RETRANSMITTED && !Serial.before(echoedTs, s.ts)) {
                s.fastAck++;
                reached |= s.fastAck >= fastResend;
            }
        }
        if (Serial.before(fastAckEnd, sn)) {
            fastAckEnd = sn;
        }
        return reached;
    }

    /** A segment left the buffer or was acknowledged: it is never sent again. */
    void forget(Segment segment) {
        timers.clear(segment);
    }

    /**
     * The next in-flight segment, after {@code previous} in the order of numbers (null: from the start), that later
     * acknowledgements show to be lost.
     *
     * @param newSegments segments sent for the first time in this flush; early retransmission needs none
     */
    @Nullable
    Segment nextOvertaken(@Nullable Segment previous, int newSegments) {
        Segment s = previous == null ? sendBuffer.firstInFlight() : previous.next;
        while (s != null && Serial.before(s.sn, fastAckEnd)) {
            if (overtakenReason(s, newSegments) != Reason.FIRST) {
                return s;
            }
            s = s.next;
        }
        return null;
    }

    /** FAST or EARLY for a segment that {@link #nextOvertaken} gave, FIRST for one that is not lost. */
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
        return timers.pollDue(nowMs);
    }

    /** Stamps a transmission and sets the segment's timeout. spec: kcp 4.8 */
    void onTransmit(Segment segment, Reason reason, int nowMs) {
        int rtoMs = rtt.rtoMs();
        switch (reason) {
            case FIRST -> segment.rtoMs = rtoMs;
            case FAST -> {
                segment.rtoMs = rtoMs;
                segment.fastAck = Segment.RETRANSMITTED;
                fastRetransmissions++;
            }
            case EARLY -> {
                segment.rtoMs = rtoMs;
                segment.fastAck = Segment.RETRANSMITTED;
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
    }
}
