package io.millrace.kcp.arq;

import io.millrace.kcp.wire.Serial;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The due times of sent segments: a wheel of one-millisecond slots, so that setting, clearing and finding the next due
 * time cost the same however many segments are in flight. Times beyond the wheel wait in one list that is looked through
 * when the earliest of them comes, at most once in a turn of the wheel. Segments of one slot come out in the order in
 * which they were set.
 */
final class RetransmissionTimers {
    static final int SLOTS = 256;
    private static final int MASK = SLOTS - 1;
    /** Index of the list of times beyond the wheel. */
    private static final int FAR = SLOTS;

    /**
     * First segment of each slot, whose {@code timerPrev} is the slot's last; made with the first timer, so that a
     * session that never sends has none.
     */
    private @Nullable Segment[] heads = new @Nullable Segment[0];

    private final long[] occupied = new long[SLOTS / Long.SIZE];
    private int wheelCount;
    private int farCount;
    /** Slots hold the times from here on. */
    private int wheelMs;
    /** No later than the earliest time in the far list. */
    private int farDueMs;

    boolean isEmpty() {
        return wheelCount + farCount == 0;
    }

    /** Sets the timer of {@code segment} to its {@code resendAtMs}, replacing the one it had. */
    void set(Segment segment, int nowMs) {
        clear(segment);
        if (heads.length == 0) {
            heads = new @Nullable Segment[SLOTS + 1];
        }
        if (isEmpty()) {
            wheelMs = nowMs;
        }
        place(segment);
    }

    private void place(Segment segment) {
        int dueMs = segment.resendAtMs;
        int ahead = Serial.diff(dueMs, wheelMs);
        if (ahead >= SLOTS) {
            if (farCount == 0 || Serial.before(dueMs, farDueMs)) {
                farDueMs = dueMs;
            }
            farCount++;
            link(segment, FAR);
        } else {
            int slot = (wheelMs + Math.max(0, ahead)) & MASK;
            occupied[slot >>> 6] |= 1L << slot;
            wheelCount++;
            link(segment, slot);
        }
    }

    private void link(Segment segment, int slot) {
        segment.timerSlot = slot;
        segment.timerNext = null;
        Segment head = heads[slot];
        if (head == null) {
            segment.timerPrev = segment;
            heads[slot] = segment;
            return;
        }
        Segment last = head.timerPrev;
        if (last != null) {
            last.timerNext = segment;
        }
        segment.timerPrev = last;
        head.timerPrev = segment;
    }

    void clear(Segment segment) {
        int slot = segment.timerSlot;
        if (slot < 0) {
            return;
        }
        Segment before = segment.timerPrev;
        Segment after = segment.timerNext;
        Segment head = heads[slot];
        if (head == segment) {
            heads[slot] = after;
        } else if (before != null) {
            before.timerNext = after;
        }
        Segment follower = after == null && head != segment ? head : after;
        if (follower != null) {
            follower.timerPrev = before;
        }
        segment.timerPrev = null;
        segment.timerNext = null;
        segment.timerSlot = -1;
        if (slot == FAR) {
            farCount--;
            return;
        }
        wheelCount--;
        if (heads[slot] == null) {
            occupied[slot >>> 6] &= ~(1L << slot);
        }
    }

    /** Takes one segment whose time has come, its timer cleared; null when there is none. */
    @Nullable
    Segment pollDue(int nowMs) {
        while (!isEmpty()) {
            if (wheelCount > 0) {
                int slotMs = nextSlotMs();
                if (!Serial.before(nowMs, slotMs)) {
                    wheelMs = slotMs;
                    Segment segment = heads[slotMs & MASK];
                    if (segment == null) {
                        throw new IllegalStateException("timer slot marked but empty");
                    }
                    clear(segment);
                    return segment;
                }
            }
            if (Serial.before(wheelMs, nowMs)) {
                wheelMs = nowMs;
            }
            if (farCount == 0 || Serial.before(nowMs, farDueMs)) {
                return null;
            }
            sortFar();
        }
        return null;
    }

    /** Moves what the wheel can hold by now out of the far list. */
    private void sortFar() {
        Segment segment = heads[FAR];
        heads[FAR] = null;
        farCount = 0;
        while (segment != null) {
            Segment after = segment.timerNext;
            place(segment);
            segment = after;
        }
    }

    /**
     * Milliseconds from now until a timer is due (0 if one is); {@link Integer#MAX_VALUE} without timers. Too early, once,
     * when the earliest one beyond the wheel was cleared.
     */
    int msUntilNext(int nowMs) {
        int ms = Integer.MAX_VALUE;
        if (wheelCount > 0) {
            ms = Math.max(0, Serial.diff(nextSlotMs(), nowMs));
        }
        if (farCount > 0) {
            ms = Math.min(ms, Math.max(0, Serial.diff(farDueMs, nowMs)));
        }
        return ms;
    }

    /** Forgets all timers; for segments that are released next. */
    void clearAll() {
        Arrays.fill(heads, null);
        Arrays.fill(occupied, 0);
        wheelCount = 0;
        farCount = 0;
    }

    /** The time of the first occupied slot; there must be one. */
    private int nextSlotMs() {
        int start = wheelMs & MASK;
        int word = start >>> 6;
        long bits = occupied[word] & (-1L << start);
        for (int i = 0; i <= occupied.length; i++) {
            if (bits != 0) {
                int slot = (word << 6) + Long.numberOfTrailingZeros(bits);
                return wheelMs + ((slot - start) & MASK);
            }
            word = (word + 1) & (occupied.length - 1);
            bits = occupied[word];
        }
        throw new IllegalStateException("no timer in the wheel");
    }
}
