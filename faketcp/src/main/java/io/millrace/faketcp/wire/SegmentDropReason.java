package io.millrace.faketcp.wire;

/** Why a received or written segment was dropped. spec: tunnel 7.5 */
public enum SegmentDropReason {
    /** Not a whole TCP segment in an IP packet. */
    MALFORMED,
    /** Longer than what a datagram can be: merged on the way, or by this machine's network card. */
    TOO_LONG,
    /** Of another connection than those this socket serves. */
    OTHER_PORT,
    /** Of a connection that was never made, or is over. */
    NO_FLOW,
    /** The payload or what belongs to it was damaged. */
    BAD_CHECKSUM
}
