package io.millrace.kcp.arq;

import io.millrace.kcp.wire.Serial;
import io.netty.buffer.ByteBuf;

/**
 * Received data: segments that arrived out of order, found by number, and the queue of those in order that the reader
 * has not taken yet. Only the queue counts against the advertised window. spec: kcp 4.4
 */
final class ReceiveBuffer {
    private final SegmentPool pool;
    private final SegmentRing outOfOrder = new SegmentRing();
    private final SegmentQueue inOrder = new SegmentQueue();

    private final int windowSegments;

    private int next;
    private int outOfOrderCount;
    private int readableBytes;
    private boolean delivered;

    ReceiveBuffer(SegmentPool pool, int firstSn, int windowSegments) {
        this.pool = pool;
        this.next = firstSn;
        this.windowSegments = windowSegments;
    }

    /** Next number expected in order ({@code rcv_nxt}). */
    int next() {
        return next;
    }

    /** Whether any data came in order. */
    boolean hasDelivered() {
        return delivered;
    }

    /** Free slots, as told to the peer, 0..65535. */
    int advertisedWindow() {
        return Math.max(0, windowSegments - inOrder.size());
    }

    /** Whether {@code sn} may be acknowledged: anything below the end of the window, old duplicates included. */
    boolean belowWindowEnd(int sn) {
        return Serial.before(sn, next + windowSegments);
    }

    /**
     * Stores the payload of a segment below the window's end.
     *
     * @return false if it was there already (or delivered long ago)
     */
    boolean store(int sn, byte[] bytes, int offset, int length) {
        if (Serial.before(sn, next)) {
            return false;
        }
        Segment held = outOfOrder.get(sn);
        if (held != null && held.sn == sn) {
            return false;
        }
        Segment segment = pool.acquire();
        segment.sn = sn;
        segment.length = length;
        System.arraycopy(bytes, offset, segment.data, 0, length);
        if (sn == next && outOfOrderCount == 0 && inOrder.size() < windowSegments) {
            next++;
            deliver(segment);
            return true;
        }
        outOfOrder.put(segment, sn - next + 1);
        outOfOrderCount++;
        advance();
        return true;
    }

    int readableBytes() {
        return readableBytes;
    }

    int queuedSegments() {
        return inOrder.size();
    }

    int outOfOrderSegments() {
        return outOfOrderCount;
    }

    /**
     * Moves in-order bytes to {@code target}, as many as it can take without growing.
     *
     * @return whether the window had been closed and is open again, so that the peer must be told
     */
    boolean read(ByteBuf target) {
        boolean wasFull = inOrder.size() >= windowSegments;
        Segment segment = inOrder.first();
        while (segment != null && target.isWritable()) {
            int bytes = Math.min(segment.unreadBytes(), target.writableBytes());
            target.writeBytes(segment.data, segment.readBytes, bytes);
            segment.readBytes += bytes;
            readableBytes -= bytes;
            if (segment.unreadBytes() > 0) {
                break;
            }
            inOrder.poll();
            pool.release(segment);
            segment = inOrder.first();
        }
        advance();
        return wasFull && inOrder.size() < windowSegments;
    }

    void releaseAll() {
        for (Segment s = inOrder.poll(); s != null; s = inOrder.poll()) {
            pool.release(s);
        }
        for (int sn = next; outOfOrderCount > 0; sn++) {
            Segment segment = outOfOrder.get(sn);
            if (segment != null && segment.sn == sn) {
                outOfOrder.remove(sn);
                outOfOrderCount--;
                pool.release(segment);
            }
        }
        readableBytes = 0;
    }

    private void advance() {
        while (outOfOrderCount > 0 && inOrder.size() < windowSegments) {
            Segment segment = outOfOrder.get(next);
            if (segment == null) {
                return;
            }
            outOfOrder.remove(next);
            outOfOrderCount--;
            next++;
            deliver(segment);
        }
    }

    private void deliver(Segment segment) {
        if (segment.length == 0) { // nothing to read, and no slot for it. spec: kcp 6.4 (6)
            pool.release(segment);
            return;
        }
        delivered = true;
        inOrder.add(segment);
        readableBytes += segment.length;
    }
}
