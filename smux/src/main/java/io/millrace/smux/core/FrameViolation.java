package io.millrace.smux.core;

/** What makes a frame a protocol error by itself. spec: smux 3.1, 14.1 */
public enum FrameViolation {
    WRONG_VERSION,
    UNKNOWN_COMMAND,
    /** SYN, FIN or NOP with a length other than 0. */
    UNEXPECTED_PAYLOAD,
    /** UPD in a session of version 1. */
    UPDATE_ON_VERSION_1,
    /** UPD with a length other than 8. */
    BAD_UPDATE_LENGTH
}
