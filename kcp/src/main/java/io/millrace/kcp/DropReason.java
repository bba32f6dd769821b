package io.millrace.kcp;

/** Why a datagram was dropped. spec: kcp 1.8, 5.3, 6.4 */
public enum DropReason {
    /** Shorter than the smallest packet. */
    TOO_SHORT,
    /** Longer than any packet. */
    TOO_LONG,
    /** Checksum or tag wrong: damaged, or sealed with another key or cipher. */
    BAD_CHECKSUM,
    /** To a client, not from its server. */
    FOREIGN_SOURCE,
    /** From an address without a session, and not the beginning of one. */
    NO_SESSION,
    /** Of another conversation than the one the address has. */
    OTHER_CONVERSATION,
    /** Would begin a session, but there are as many as allowed. */
    TOO_MANY_SESSIONS,
    /** For a session that is closed. */
    CLOSED,
    /** Our fault: handling it failed. */
    INTERNAL_ERROR
}
