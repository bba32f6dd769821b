package io.millrace.kcp;

/** Why a session ended. KCP itself has no close message: each end finds out on its own. */
public enum CloseReason {
    /** The owner closed the channel. */
    LOCAL,
    /** The peer began a new conversation from the same address. spec: kcp 5.3 */
    REPLACED,
    /** Nothing arrived in order within the time a new session has. spec: kcp 6.4 (11) */
    NEVER_BEGAN,
    /** The datagram socket closed. */
    SOCKET_CLOSED
}
