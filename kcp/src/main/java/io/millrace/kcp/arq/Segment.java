package io.millrace.kcp.arq;

import org.jspecify.annotations.Nullable;

/** One KCP segment with its payload, as it waits to be sent, to be acknowledged or to be read. Pooled. */
final class Segment {
    /** Marks {@link #fastAck} under kcp-go's rules: not again before the next timeout. spec: kcp 4.8 */
    static final int RETRANSMITTED = -1;

    final byte[] data;
    /** Payload bytes in {@link #data}. */
    int length;
    /** Payload bytes already handed to the reader. */
    int readBytes;

    int sn;
    /** Stamp of the last transmission; only {@link LossRecovery} interprets it. */
    int ts;
    /** Acknowledgements of later segments count as overtaking this one if those were sent at this time or after. */
    int overtakenFromTs;
    /** This segment's timeout, grown by each expiry. */
    int rtoMs;
    /** When it is sent again if nothing is heard. */
    int resendAtMs;
    /** Transmissions so far. */
    int transmissions;
    /** Later segments acknowledged since the last transmission, or {@link #RETRANSMITTED}. */
    int fastAck;

    boolean acked;

    /** Neighbours by sn among the unacknowledged; owned by {@link SendBuffer}. */
    @Nullable
    Segment prev;

    @Nullable
    Segment next;

    /** Neighbours in a slot of {@link RetransmissionTimers}. */
    @Nullable
    Segment timerPrev;

    @Nullable
    Segment timerNext;
    /** Slot in {@link RetransmissionTimers}, -1 if in none. */
    int timerSlot = -1;

    Segment(int capacityBytes) {
        data = new byte[capacityBytes];
    }

    int unreadBytes() {
        return length - readBytes;
    }

    void reset() {
        length = 0;
        readBytes = 0;
        sn = 0;
        ts = 0;
        overtakenFromTs = 0;
        rtoMs = 0;
        resendAtMs = 0;
        transmissions = 0;
        fastAck = 0;
        acked = false;
        prev = null;
        next = null;
        timerPrev = null;
        timerNext = null;
        timerSlot = -1;
    }
}
