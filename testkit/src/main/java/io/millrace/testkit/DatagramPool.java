package io.millrace.testkit;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Reused datagram buffers in two sizes, each with a bound on how many may exist. One thread. */
final class DatagramPool {
    static final int LARGEST_DATAGRAM_BYTES = 65_535;

    private static final int SMALL_BYTES = 2048;
    private static final int MAX_SMALL = 24_576; // 48 MiB: 200 Mbit/s of full packets for more than a second
    private static final int MAX_LARGE = 256; // 16 MiB

    private final ArrayDeque<DelayedDatagram> small = new ArrayDeque<>();
    private final ArrayDeque<DelayedDatagram> large = new ArrayDeque<>();
    private int smallMade;
    private int largeMade;

    /** A datagram with room for {@code bytes}, or null when all are in use. */
    @Nullable
    DelayedDatagram acquire(int bytes) {
        DelayedDatagram pooled = bytes <= SMALL_BYTES ? small.poll() : large.poll();
        if (pooled != null) {
            return pooled;
        }
        if (bytes <= SMALL_BYTES) {
            return smallMade < MAX_SMALL ? newSmall() : null;
        }
        return largeMade < MAX_LARGE ? newLarge() : null;
    }

    void release(DelayedDatagram datagram) {
        datagram.client = null;
        if (datagram.bytes.capacity() == SMALL_BYTES) {
            small.push(datagram);
        } else {
            large.push(datagram);
        }
    }

    private DelayedDatagram newSmall() {
        smallMade++;
        return new DelayedDatagram(SMALL_BYTES);
    }

    private DelayedDatagram newLarge() {
        largeMade++;
        return new DelayedDatagram(LARGEST_DATAGRAM_BYTES);
    }
}
