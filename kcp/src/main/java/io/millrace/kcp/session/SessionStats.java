package io.millrace.kcp.session;

/** Packets and bytes of one session, live; written and read on its thread. spec: kcp 5.8 */
public final class SessionStats {
    /** Packets that passed the cipher. */
    public long inPkts;
    /** Their bytes after the cipher's header and trailer are off. */
    public long inBytes;
    /** Packets sent, parity included. */
    public long outPkts;
    /** Their bytes of UDP payload. */
    public long outBytes;
    /** Parity packets among {@link #outPkts}. */
    public long parityPktsSent;
    /** Out-of-band packets, which are ignored. spec: kcp 3.6 */
    public long oobPackets;

    SessionStats() {}
}
