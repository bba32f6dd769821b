package io.millrace.faketcp;

import io.millrace.faketcp.wire.SegmentDropReason;

/** Hears what happens to segments, for logs. Called on the event loop of one socket; must not block. */
@FunctionalInterface
public interface SegmentListener {
    /** A segment was dropped. Called for each: do next to nothing. */
    void dropped(SegmentDropReason reason);
}
