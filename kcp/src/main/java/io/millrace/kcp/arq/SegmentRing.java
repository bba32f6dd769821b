package io.millrace.kcp.arq;

import org.jspecify.annotations.Nullable;

/**
 * Segments found by sequence number in constant time. Holds any numbers within a span that the caller keeps bounded
 * (a window); grows to the next power of two above the span.
 */
final class SegmentRing {
    private static final int FIRST_SLOTS = 8;

    private @Nullable Segment[] slots = new @Nullable Segment[FIRST_SLOTS];

    @Nullable
    Segment get(int sn) {
        return slots[sn & (slots.length - 1)];
    }

    /**
     * Stores a segment under its sn.
     *
     * @param span how many consecutive numbers, this one included, may be held at once from now on
     */
    void put(Segment segment, int span) {
        if (span > slots.length) {
            grow(span);
        }
        slots[segment.sn & (slots.length - 1)] = segment;
    }

    @Nullable
    Segment remove(int sn) {
        int slot = sn & (slots.length - 1);
        Segment segment = slots[slot];
        slots[slot] = null;
        return segment;
    }

    private void grow(int span) {
        @Nullable Segment[] larger = new @Nullable Segment[Integer.highestOneBit(span - 1) << 1];
        for (Segment segment : slots) {
            if (segment != null) {
                larger[segment.sn & (larger.length - 1)] = segment;
            }
        }
        slots = larger;
    }
}
