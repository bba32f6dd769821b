package io.millrace.kcp.arq;

import org.jspecify.annotations.Nullable;

/** A first-in first-out queue of segments that grows as needed; its users bound it. */
final class SegmentQueue {
    private static final int FIRST_SLOTS = 8;

    private @Nullable Segment[] slots = new @Nullable Segment[FIRST_SLOTS];
    private int head;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Segment segment) {
        if (size == slots.length) {
            grow();
        }
        slots[(head + size) & (slots.length - 1)] = segment;
        size++;
    }

    @Nullable
    Segment first() {
        return size == 0 ? null : slots[head];
    }

    @Nullable
    Segment last() {
        return size == 0 ? null : slots[(head + size - 1) & (slots.length - 1)];
    }

    @Nullable
    Segment poll() {
        if (size == 0) {
            return null;
        }
        Segment segment = slots[head];
        slots[head] = null;
        head = (head + 1) & (slots.length - 1);
        size--;
        return segment;
    }

    private void grow() {
        @Nullable Segment[] larger = new @Nullable Segment[slots.length * 2];
        for (int i = 0; i < size; i++) {
            larger[i] = slots[(head + i) & (slots.length - 1)];
        }
        slots = larger;
        head = 0;
    }
}
