package io.millrace.tunnel.diagnosis;

/** What a session's counters say at one moment. Filled anew for each look. */
final class SessionReading {
    /** Packets sent. */
    long sentPkts;
    /** Packets of the peer that were good. */
    long goodPkts;
    /** Datagrams of the session's own socket that were not; 0 on a server, whose socket is shared. */
    long badPkts;
    /** Bytes received in order. */
    long receivedBytes;
    /** Whether something waits to be acknowledged. */
    boolean waiting;
    /** First number not acknowledged. */
    int oldestSn;
    /** Transmissions of the segment with it. */
    int oldestTransmissions;
    /** Payload bytes of it. */
    int oldestBytes;
    /** Payload bytes of the largest segment that was acknowledged; 0 if none was. */
    int largestAckedBytes;
    /** Whether the peer has acknowledged as one does that knows nothing of what it acknowledged before. */
    boolean peerForgot;
}
