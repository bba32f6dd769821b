package io.millrace.kcp.session;

import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.arq.RtoSlack;
import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.wire.FecHeader;

/**
 * Settings of a session, packet sizes as on the wire. spec: kcp 1.7, 3, 4.1
 *
 * @param mtuBytes most bytes of UDP payload in one packet, all headers included, at most 1500
 * @param sendWindowSegments 1..65535
 * @param receiveWindowSegments 1..65535
 * @param noDelay lower RTO bounds
 * @param intervalMs longest time an acknowledgement waits
 * @param fastResend later acknowledgements after which a segment is sent again, 0 for never
 * @param congestionControl whether KCP's own congestion window applies
 * @param ackNoDelay whether every batch of input is acknowledged at once
 * @param dataShards data packets in an FEC group; FEC is on if both counts are above 0
 * @param parityShards parity packets in an FEC group; together with the data at most 256
 * @param rateLimitBytesPerSecond most bytes of UDP payload sent in a second, whatever they are: data, parity,
 *     retransmissions, acknowledgements (unless 1024 of these wait, which then go at once); 0 for no limit
 * @param rtoSlack longer first timeouts while many segments are in flight
 */
public record SessionConfig(
        int mtuBytes,
        int sendWindowSegments,
        int receiveWindowSegments,
        boolean noDelay,
        int intervalMs,
        int fastResend,
        boolean congestionControl,
        boolean ackNoDelay,
        int dataShards,
        int parityShards,
        int rateLimitBytesPerSecond,
        RtoSlack rtoSlack) {
    /** Largest UDP payload that a peer takes. spec: kcp 1.7 */
    public static final int MAX_PACKET_BYTES = 1500;

    /** Most shards in a group. spec: kcp 3 */
    public static final int MAX_SHARDS = 256;

    /** Checks what the parts do not check themselves. */
    public SessionConfig {
        if (mtuBytes > MAX_PACKET_BYTES) {
            throw new IllegalArgumentException("mtuBytes " + mtuBytes + ": at most " + MAX_PACKET_BYTES);
        }
        if (dataShards < 0 || parityShards < 0 || dataShards + parityShards > MAX_SHARDS) {
            throw new IllegalArgumentException("FEC shards " + dataShards + "+" + parityShards
                    + ": neither may be negative, together at most " + MAX_SHARDS);
        }
        if (rateLimitBytesPerSecond < 0) {
            throw new IllegalArgumentException("rateLimitBytesPerSecond " + rateLimitBytesPerSecond + ": not negative");
        }
    }

    /** Settings without a limit of the rate, with kcp-go's own timeouts. */
    public SessionConfig(
            int mtuBytes,
            int sendWindowSegments,
            int receiveWindowSegments,
            boolean noDelay,
            int intervalMs,
            int fastResend,
            boolean congestionControl,
            boolean ackNoDelay,
            int dataShards,
            int parityShards) {
        this(
                mtuBytes,
                sendWindowSegments,
                receiveWindowSegments,
                noDelay,
                intervalMs,
                fastResend,
                congestionControl,
                ackNoDelay,
                dataShards,
                parityShards,
                0,
                RtoSlack.NONE);
    }

    /** The same with a limit of the rate. */
    public SessionConfig withRateLimit(int bytesPerSecond) {
        return new SessionConfig(
                mtuBytes,
                sendWindowSegments,
                receiveWindowSegments,
                noDelay,
                intervalMs,
                fastResend,
                congestionControl,
                ackNoDelay,
                dataShards,
                parityShards,
                bytesPerSecond,
                rtoSlack);
    }

    /** The same with longer first timeouts. */
    public SessionConfig withRtoSlack(RtoSlack slack) {
        return new SessionConfig(
                mtuBytes,
                sendWindowSegments,
                receiveWindowSegments,
                noDelay,
                intervalMs,
                fastResend,
                congestionControl,
                ackNoDelay,
                dataShards,
                parityShards,
                rateLimitBytesPerSecond,
                slack);
    }

    /** Whether packets are sent with forward error correction. */
    public boolean fecEnabled() {
        return dataShards > 0 && parityShards > 0;
    }

    /** Bytes of the packet that go to headers and trailers around the KCP segments. */
    public int overheadBytes(PacketCipher cipher) {
        return cipher.headerBytes() + cipher.trailerBytes() + (fecEnabled() ? FecHeader.BYTES : 0);
    }

    /** The core's share of these settings under a cipher. */
    public KcpConfig kcpConfig(PacketCipher cipher) {
        return new KcpConfig(
                mtuBytes - overheadBytes(cipher),
                sendWindowSegments,
                receiveWindowSegments,
                noDelay,
                intervalMs,
                fastResend,
                congestionControl,
                ackNoDelay,
                rtoSlack);
    }
}
