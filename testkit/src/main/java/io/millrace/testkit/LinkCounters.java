package io.millrace.testkit;

/**
 * What happened on one direction of a link so far. Every datagram is accounted for:
 * {@code sent + duplicated = delivered + lost + blackoutDropped + mtuDropped + queueDropped + undeliverable + inFlight}.
 *
 * @param sent datagrams given to the link
 * @param sentBytes their payload bytes
 * @param delivered copies handed to the receiver, duplicates and corrupted ones included
 * @param deliveredBytes their payload bytes
 * @param lost datagrams lost at random or in a burst
 * @param blackoutDropped datagrams sent during a blackout
 * @param mtuDropped datagrams larger than the MTU
 * @param queueDropped datagrams that found the rate limit's queue full
 * @param undeliverable copies the emulator had no room for or could not send; always 0 on a simulated link
 * @param duplicated datagrams delivered (or to be delivered) twice
 * @param corrupted copies with flipped bits
 * @param reordered copies delivered after a datagram that was sent later
 */
public record LinkCounters(
        long sent,
        long sentBytes,
        long delivered,
        long deliveredBytes,
        long lost,
        long blackoutDropped,
        long mtuDropped,
        long queueDropped,
        long undeliverable,
        long duplicated,
        long corrupted,
        long reordered) {

    /** Copies on their way. */
    public long inFlight() {
        return sent + duplicated - delivered - lost - blackoutDropped - mtuDropped - queueDropped - undeliverable;
    }

    /** The counters as one JSON object without line breaks. */
    public String toJson() {
        return "{\"sent\":" + sent
                + ",\"sentBytes\":" + sentBytes
                + ",\"delivered\":" + delivered
                + ",\"deliveredBytes\":" + deliveredBytes
                + ",\"lost\":" + lost
                + ",\"blackoutDropped\":" + blackoutDropped
                + ",\"mtuDropped\":" + mtuDropped
                + ",\"queueDropped\":" + queueDropped
                + ",\"undeliverable\":" + undeliverable
                + ",\"duplicated\":" + duplicated
                + ",\"corrupted\":" + corrupted
                + ",\"reordered\":" + reordered
                + ",\"inFlight\":" + inFlight() + "}";
    }
}
