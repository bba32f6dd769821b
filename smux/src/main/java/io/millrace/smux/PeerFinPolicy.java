package io.millrace.smux;

/** What a peer's FIN is taken for; the wire does not tell a half close from a full one. spec: smux 8.2, 8.5 */
public enum PeerFinPolicy {
    /** The peer neither sends nor reads any more, as kcptun of 2021 means it: the stream is closed once its data was read. */
    FULL_CLOSE,
    /**
     * The peer sends no more but may still read, as smux since 1.5.54 can mean it. Guarded: a second FIN, a window that stays
     * exhausted, or no progress for long after the FIN close the stream fully, see {@link SmuxLimits}.
     */
    HALF_CLOSE
}
