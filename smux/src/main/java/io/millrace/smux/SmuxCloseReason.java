package io.millrace.smux;

/** Why a session ended. */
public enum SmuxCloseReason {
    /** This side closed the session or its transport. */
    LOCAL_CLOSE(false),
    /** The transport ended. */
    TRANSPORT_CLOSED(false),
    /** The transport reported an error. */
    TRANSPORT_ERROR(false),
    /** Nothing was heard from the peer for too long. spec: smux 12 */
    KEEP_ALIVE_TIMEOUT(false),
    /** A frame was begun and not completed in time. spec: smux 20 (slow loris) */
    FRAME_TIMEOUT(false),
    /** The session had no streams for longer than allowed. */
    IDLE_TIMEOUT(false),
    /** A frame of another protocol version, or no smux at all. */
    VERSION_MISMATCH(true),
    UNKNOWN_COMMAND(true),
    /** SYN, FIN or NOP with payload. */
    UNEXPECTED_PAYLOAD(true),
    /** UPD in a session of version 1. */
    UPDATE_ON_VERSION_1(true),
    /** UPD with a length other than 8. */
    BAD_UPDATE_LENGTH(true),
    /** SYN with an id that only this side may use. */
    OWN_STREAM_ID(true),
    /** UPD that reports more bytes than were sent. */
    PEER_CONSUMED_TOO_MUCH(true),
    /** More data than the announced window admits. */
    RECEIVE_WINDOW_EXCEEDED(true),
    /** Too many streams opened beyond the limits. */
    STREAM_FLOOD(true),
    /** The transport kept delivering although reading was stopped. */
    INPUT_OVERRUN(false),
    /** More control frames wait than are allowed, because the transport takes none. */
    CONTROL_BACKLOG(false),
    /** A fault of this program. */
    INTERNAL_ERROR(false);

    private final boolean protocolError;

    SmuxCloseReason(boolean protocolError) {
        this.protocolError = protocolError;
    }

    /** Whether the peer broke the protocol or the limits. */
    public boolean isProtocolError() {
        return protocolError;
    }
}
