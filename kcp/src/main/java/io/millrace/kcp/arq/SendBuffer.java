package io.millrace.kcp.arq;

import io.millrace.kcp.wire.Serial;
import org.jspecify.annotations.Nullable;

/**
 * What was given to be sent and is not yet known to have arrived: a queue of segments without a number, then the
 * numbered ones from {@code una} to {@code next}. Of the numbered ones those in flight (sent, not acknowledged) are
 * also linked in the order of their numbers, so that loss detection looks only at the holes. spec: kcp 4.2
 */
final class SendBuffer {
    private final SegmentPool pool;
    private final SegmentQueue queue = new SegmentQueue();
    private final SegmentRing numbered = new SegmentRing();

    private int una;
    private int next;

    private @Nullable Segment firstInFlight;
    private @Nullable Segment lastInFlight;
    private int inFlightCount;

    SendBuffer(SegmentPool pool, int firstSn) {
        this.pool = pool;
        this.una = firstSn;
        this.next = firstSn;
    }

    /** First number not acknowledged cumulatively ({@code snd_una}). */
    int una() {
        return una;
    }

    /** Next number to be given ({@code snd_nxt}). */
    int next() {
        return next;
    }

    /** Numbered segments, those acknowledged out of order included. */
    int numberedSegments() {
        return next - una;
    }

    int queuedSegments() {
        return queue.size();
    }

    SegmentQueue queue() {
        return queue;
    }

    /** Gives the segment at the head of the queue, to be transmitted next, a number; null if the queue is empty. */
    @Nullable
    Segment numberNext() {
        Segment segment = queue.poll();
        if (segment != null) {
            segment.sn = next++;
            numbered.put(segment, next - una);
            linkInFlight(segment);
        }
        return segment;
    }

    /** Whether {@code sn} is numbered and not yet passed by {@code una}. */
    boolean contains(int sn) {
        return !Serial.before(sn, una) && Serial.before(sn, next);
    }

    /** The numbered segment; null if {@code sn} is outside of the buffer. */
    @Nullable
    Segment get(int sn) {
        return contains(sn) ? numbered.get(sn) : null;
    }

    private void linkInFlight(Segment segment) {
        inFlightCount++;
        segment.prev = lastInFlight;
        segment.next = null;
        if (lastInFlight == null) {
            firstInFlight = segment;
        } else {
            lastInFlight.next = segment;
        }
        lastInFlight = segment;
    }

    /** The in-flight segment with the lowest number; the next ones follow through {@link Segment#next}. */
    @Nullable
    Segment firstInFlight() {
        return firstInFlight;
    }

    /** Segments sent and not acknowledged in any way. */
    int inFlightSegments() {
        return inFlightCount;
    }

    /** Marks a segment acknowledged; it keeps its place (and its room in the window) until una passes it. */
    void markAcked(Segment segment) {
        segment.acked = true;
        inFlightCount--;
        Segment before = segment.prev;
        Segment after = segment.next;
        if (before == null) {
            firstInFlight = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            lastInFlight = before;
        } else {
            after.prev = before;
        }
        segment.prev = null;
        segment.next = null;
    }

    /** The segment at una, while it is below {@code newUna}; null when none is. Take it off with {@link #dropFirst}. */
    @Nullable
    Segment firstBelow(int newUna) {
        return una != next && Serial.before(una, newUna) ? numbered.get(una) : null;
    }

    void dropFirst() {
        Segment segment = numbered.remove(una);
        una++;
        if (segment != null) {
            pool.release(segment);
        }
    }

    void releaseAll() {
        for (Segment s = queue.poll(); s != null; s = queue.poll()) {
            pool.release(s);
        }
        while (una != next) {
            dropFirst();
        }
        firstInFlight = null;
        lastInFlight = null;
        inFlightCount = 0;
    }
}
