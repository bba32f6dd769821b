package io.millrace.smux.core;

/** The life of one stream: which ends were heard and said. spec: smux 8.6 */
public final class StreamState {
    /** The phases of spec: smux 8.6. */
    public enum Phase {
        OPEN,
        HALF_CLOSED_LOCAL,
        HALF_CLOSED_REMOTE,
        CLOSED
    }

    private boolean localFin;
    private int remoteFins;
    private boolean remoteReset;
    private boolean closed;

    /** Records that our FIN goes out; {@code false} when it already did or the stream is closed. */
    public boolean sendFin() {
        if (localFin || closed) {
            return false;
        }
        localFin = true;
        return true;
    }

    /** Records a FIN of the peer; {@code true} for the first. A second one says that the peer is gone for good. spec: smux 8.5 */
    public boolean receiveFin() {
        if (remoteFins < 2) {
            remoteFins++;
            return remoteFins == 1;
        }
        return false;
    }

    /** Records that the peer reset the stream: it neither sends nor reads, and what it sent may be incomplete. */
    public void receiveReset() {
        remoteReset = true;
    }

    /** Whether the peer reset the stream. */
    public boolean isRemoteReset() {
        return remoteReset;
    }

    /**
     * Ends the stream from any phase.
     *
     * @return {@code true} when a FIN is still owed to the peer
     */
    public boolean close() {
        boolean owed = !localFin && !closed;
        closed = true;
        localFin = true;
        return owed;
    }

    public boolean isLocalFinSent() {
        return localFin;
    }

    public boolean isRemoteFinReceived() {
        return remoteFins > 0;
    }

    /** Whether the peer sent FIN twice, which only a full close after a half close does. */
    public boolean isRemoteGone() {
        return remoteFins > 1;
    }

    public Phase phase() {
        if (closed || (localFin && remoteFins > 0)) {
            return Phase.CLOSED;
        }
        if (localFin) {
            return Phase.HALF_CLOSED_LOCAL;
        }
        return remoteFins > 0 ? Phase.HALF_CLOSED_REMOTE : Phase.OPEN;
    }
}
