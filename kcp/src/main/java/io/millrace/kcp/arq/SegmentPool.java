package io.millrace.kcp.arq;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Spare segments, shared by the sessions of one thread. Holds a bounded number; what comes back beyond that is left to
 * the garbage collector.
 */
public final class SegmentPool {
    /** Payload capacity of every segment: no datagram is larger. spec: kcp 1.7 */
    static final int SEGMENT_BYTES = 1500;

    private static final int FIRST_SLOTS = 64;

    private final int maxSpare;
    private @Nullable Segment[] spare = new @Nullable Segment[FIRST_SLOTS];
    private int spareCount;
    private int liveCount;

    /**
     * @param maxSpareSegments how many unused segments (1500 bytes each) are kept, at least 0
     */
    public SegmentPool(int maxSpareSegments) {
        if (maxSpareSegments < 0) {
            throw new IllegalArgumentException("maxSpareSegments " + maxSpareSegments + ": must not be negative");
        }
        maxSpare = maxSpareSegments;
    }

    Segment acquire() {
        liveCount++;
        if (spareCount == 0) {
            return new Segment(SEGMENT_BYTES);
        }
        Segment segment = spare[--spareCount];
        spare[spareCount] = null;
        if (segment == null) {
            throw new IllegalStateException("segment pool lost a segment");
        }
        return segment;
    }

    void release(Segment segment) {
        liveCount--;
        segment.reset();
        if (spareCount == maxSpare) {
            return;
        }
        if (spareCount == spare.length) {
            spare = Arrays.copyOf(spare, Math.min(maxSpare, spare.length * 2));
        }
        spare[spareCount++] = segment;
    }

    /** Segments in use by sessions now. */
    public int liveSegments() {
        return liveCount;
    }

    /** Unused segments held now. */
    public int spareSegments() {
        return spareCount;
    }
}
