package io.millrace.kcp.arq;

/**
 * What one session counted since it began, under the names of the statistics log (spec: kcp 5.8). Written and read on
 * the session's thread.
 */
public final class KcpStats {
    /** Segments parsed, from recovered packets too; counted only for packets without an error. */
    public long inSegs;
    /** Segments encoded, all commands. */
    public long outSegs;
    /** Segments sent again after later ones were acknowledged, threshold reached. */
    public long fastRetransSegs;
    /** Segments sent again after later ones were acknowledged, with nothing new to send. */
    public long earlyRetransSegs;
    /** Segments sent again after a timeout. */
    public long lostSegs;
    /** PUSH segments received directly that were old, duplicate or beyond the window. */
    public long repeatSegs;
    /** Payload bytes taken to be sent. */
    public long bytesSent;
    /** Payload bytes handed to the reader. */
    public long bytesReceived;
    /** Packets that the core refused. */
    public long kcpInErrors;
    /** Most transmissions that one segment needed. */
    public int maxTransmissions;

    KcpStats() {}

    /** All retransmissions. */
    public long retransSegs() {
        return fastRetransSegs + earlyRetransSegs + lostSegs;
    }
}
