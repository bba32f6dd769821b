package io.millrace.kcp.arq;

import io.millrace.kcp.wire.Serial;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The due times of sent segments: a wheel of one-millisecond slots, so that setting, clearing and finding the next due
 * time cost the same however many segments are in flight. A time beyond the wheel waits in its last slot and is put
 * back when that comes round.
 */
final class RetransmissionTimers {
    private static final int SLOTS = 512;
    private static final int MASK = SLOTS - 1;

    /** Slot heads; made with the first timer, so that a session that never sends has none. */
    private @Nullable Segment[] heads = new @Nullable Segment[0];

    private final long[] occupied = new long[SLOTS / Long.SIZE];
    private int count;
    /** Every slot of a time before this one is empty. */
    private int wheelMs;

    boolean isEmpty() {
        return count == 0;
    }

    /** Sets the timer of {@code segment} to its {@code resendAtMs}, replacing the one it had. */
    void set(Segment segment, int nowMs) {
        clear(segment);
        if (heads.length == 0) {
            heads = new @Nullable Segment[SLOTS];
        }
        if (count == 0) {
            wheelMs = nowMs;
        }
        int ahead = Math.max(0, Math.min(Serial.diff(segment.resendAtMs, wheelMs), SLOTS - 1));
        int slot = (wheelMs + ahead) & MASK;
        Segment head = heads[slot];
        segment.timerPrev = null;
        segment.timerNext = head;
        if (head != null) {
            head.timerPrev = segment;
        }
        heads[slot] = segment;
        segment.timerSlot = slot;
        occupied[slot >>> 6] |= 1L << slot;
        count++;
    }

    void clear(Segment segment) {
        int slot = segment.timerSlot;
        if (slot < 0) {
            return;
        }
        Segment before = segment.timerPrev;
        Segment after = segment.timerNext;
        if (before != null) {
            before.timerNext = after;
        } else {
            heads[slot] = after;
            if (after == null) {
                occupied[slot >>> 6] &= ~(1L << slot);
            }
        }
        if (after != null) {
            after.timerPrev = before;
        }
        segment.timerPrev = null;
        segment.timerNext = null;
        segment.timerSlot = -1;
        count--;
    }

    /** Takes one segment whose time has come, its timer cleared; null when there is none. */
    @Nullable
    Segment pollDue(int nowMs) {
        while (count > 0) {
            int ahead = nextOccupied();
            int slotMs = wheelMs + ahead;
            if (Serial.before(nowMs, slotMs)) {
                return null;
            }
            wheelMs = slotMs;
            Segment segment = heads[slotMs & MASK];
            if (segment == null) {
                throw new IllegalStateException("timer slot marked but empty");
            }
            clear(segment);
            if (!Serial.before(nowMs, segment.resendAtMs)) {
                return segment;
            }
            set(segment, nowMs);
        }
        return null;
    }

    /** Milliseconds from now until a timer may be due (0 if one is); {@link Integer#MAX_VALUE} without timers. */
    int msUntilNext(int nowMs) {
        if (count == 0) {
            return Integer.MAX_VALUE;
        }
        return Math.max(0, Serial.diff(wheelMs + nextOccupied(), nowMs));
    }

    void clearAll() {
        Arrays.fill(heads, null);
        Arrays.fill(occupied, 0);
        count = 0;
    }

    /** Distance in slots from {@link #wheelMs} to the first occupied one; there must be one. */
    private int nextOccupied() {
        int start = wheelMs & MASK;
        int word = start >>> 6;
        long bits = occupied[word] & (-1L << start);
        for (int i = 0; i <= occupied.length; i++) {
            if (bits != 0) {
                int slot = (word << 6) + Long.numberOfTrailingZeros(bits);
                return (slot - start) & MASK;
            }
            word = (word + 1) & (occupied.length - 1);
            bits = occupied[word];
        }
        throw new IllegalStateException("no timer in the wheel");
    }
}
