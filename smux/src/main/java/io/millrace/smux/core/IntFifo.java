package io.millrace.smux.core;

import java.util.Arrays;

/** A first-in first-out list of {@code int}s with an upper bound. */
final class IntFifo {
    private final int maxSize;
    private int[] ring = new int[16];
    private int head;
    private int size;

    IntFifo(int maxSize) {
        this.maxSize = maxSize;
    }

    /** Appends; {@code false} when the bound is reached. */
    boolean add(int value) {
        if (size == maxSize) {
            return false;
        }
        if (size == ring.length) {
            int[] larger = Arrays.copyOfRange(ring, head, head + size * 2);
            System.arraycopy(ring, 0, larger, size - head, head);
            ring = larger;
            head = 0;
        }
        ring[(head + size) & (ring.length - 1)] = value;
        size++;
        return true;
    }

    /** Takes the oldest; only while not empty. */
    int poll() {
        int value = ring[head];
        head = (head + 1) & (ring.length - 1);
        size--;
        return value;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
