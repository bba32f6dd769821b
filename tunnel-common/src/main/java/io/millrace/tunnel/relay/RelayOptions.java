package io.millrace.tunnel.relay;

import java.util.concurrent.TimeUnit;

/**
 * Settings of a {@link Relay}.
 *
 * @param finPolicy what to do with the application's end of input
 * @param closeWaitMs for {@link FinPolicy#HOLD_FIN}: milliseconds without data from the peer after which FIN is sent
 *     anyway, and after which again the stream is closed if the peer sent no FIN; 0 or more
 * @param peerFinLimitMs milliseconds after the peer's FIN within which the application's data is still forwarded; data
 *     that comes later resets the application's socket. A peer with smux version 1 that is gone cannot say so, and would
 *     otherwise have a whole download sent into the void. {@link #NO_LIMIT} for version 2, where such a peer's window
 *     runs out, which {@code peerFinStallMs} sees
 * @param peerFinStallMs milliseconds without any progress after which bytes still to be written to the stream are given
 *     up, once the peer has sent FIN; at least 1
 * @param stallMs the same once the relay is being closed; at least 1
 * @param halfOpenIdleMs milliseconds without a byte in either direction after which a relay with one direction ended is
 *     closed; at least 1
 */
public record RelayOptions(
        FinPolicy finPolicy,
        long closeWaitMs,
        long peerFinLimitMs,
        long peerFinStallMs,
        long stallMs,
        long halfOpenIdleMs) {

    /** For {@link #peerFinLimitMs()}: none. */
    public static final long NO_LIMIT = Long.MAX_VALUE;

    /** Half-close without limit on the data that follows a FIN; 30 s for what does not move; an hour of silence. */
    public static final RelayOptions DEFAULT = new RelayOptions(
            FinPolicy.HALF_CLOSE,
            TimeUnit.SECONDS.toMillis(30),
            NO_LIMIT,
            TimeUnit.SECONDS.toMillis(30),
            TimeUnit.SECONDS.toMillis(30),
            TimeUnit.HOURS.toMillis(1));

    /** Checks the ranges. */
    public RelayOptions {
        atLeast("closeWaitMs", closeWaitMs, 0);
        atLeast("peerFinLimitMs", peerFinLimitMs, 0);
        atLeast("peerFinStallMs", peerFinStallMs, 1);
        atLeast("stallMs", stallMs, 1);
        atLeast("halfOpenIdleMs", halfOpenIdleMs, 1);
    }

    private static void atLeast(String name, long value, long min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " " + value + " must be at least " + min);
        }
    }

    /** These with {@link FinPolicy#HOLD_FIN} for {@code closeWaitMs}. */
    public RelayOptions holdingFin(long closeWaitMs) {
        return new RelayOptions(
                FinPolicy.HOLD_FIN, closeWaitMs, peerFinLimitMs, peerFinStallMs, stallMs, halfOpenIdleMs);
    }

    /** These with another {@link #peerFinLimitMs()}. */
    public RelayOptions withPeerFinLimitMs(long peerFinLimitMs) {
        return new RelayOptions(finPolicy, closeWaitMs, peerFinLimitMs, peerFinStallMs, stallMs, halfOpenIdleMs);
    }

    /** These with another {@link #peerFinStallMs()}. */
    public RelayOptions withPeerFinStallMs(long peerFinStallMs) {
        return new RelayOptions(finPolicy, closeWaitMs, peerFinLimitMs, peerFinStallMs, stallMs, halfOpenIdleMs);
    }

    /** These with another {@link #stallMs()}. */
    public RelayOptions withStallMs(long stallMs) {
        return new RelayOptions(finPolicy, closeWaitMs, peerFinLimitMs, peerFinStallMs, stallMs, halfOpenIdleMs);
    }

    /** These with another {@link #halfOpenIdleMs()}. */
    public RelayOptions withHalfOpenIdleMs(long halfOpenIdleMs) {
        return new RelayOptions(finPolicy, closeWaitMs, peerFinLimitMs, peerFinStallMs, stallMs, halfOpenIdleMs);
    }
}
