package io.millrace.smux;

/** Why an inbound frame, or its data, was dropped without harm to the session. */
public enum SmuxDropReason {
    /** Data, FIN or UPD for a stream that is closed or never was; normal after a close. spec: smux 3.1 */
    UNKNOWN_STREAM,
    /** Data that came after this side closed the stream or stopped reading it. */
    NOT_READING,
    /** SYN for a stream that exists. */
    DUPLICATE_SYN,
    /** SYN beyond the limits, answered with FIN. */
    STREAM_REFUSED,
    /** A third or later FIN. */
    REPEATED_FIN,
    EMPTY_DATA,
    /** UPD whose counter went backwards. */
    STALE_UPDATE
}
