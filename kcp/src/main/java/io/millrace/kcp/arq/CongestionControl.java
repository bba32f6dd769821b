package io.millrace.kcp.arq;

/**
 * How much may be in flight. Sees what was sent, acknowledged and lost; called by one
 * {@link Kcp} on its thread, with the time as an argument.
 */
public interface CongestionControl {
    /** Most segments that may be numbered and not acknowledged; at least 1, {@link Integer#MAX_VALUE} for no limit. */
    int windowSegments();

    /**
     * A segment was transmitted.
     *
     * @param payloadBytes its payload
     * @param inFlightSegments numbered and not cumulatively acknowledged, this one included
     * @param transmission 1 for the first
     */
    default void onSent(int sn, int payloadBytes, int inFlightSegments, int transmission, int nowMs) {}

    /** A round-trip time was measured. */
    default void onRtt(int rttMs, int nowMs) {}

    /**
     * The cumulative acknowledgement advanced.
     *
     * @param segments by how many
     * @param remoteWindowSegments what the peer can take
     */
    default void onAcked(int segments, int remoteWindowSegments, int nowMs) {}

    /** Segments were found lost by later acknowledgements and sent again in the flush that ends now. */
    default void onFastRetransmit(int segments, int inFlightSegments, int nowMs) {}

    /** Segments timed out and were sent again in the flush that ends now, under an effective window. */
    default void onTimeout(int segments, int effectiveWindowSegments, int nowMs) {}
}
