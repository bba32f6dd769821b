package io.millrace.kcp.session;

import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.wire.FecHeader;

/**
 * Settings of a session. spec: kcp 1.7, 3, 4.1
 *
 * @param kcp of the core, but that its {@code mtuBytes} are the bytes of UDP payload in one packet, all headers included
 * @param dataShards data packets in an FEC group; FEC is on if both counts are above 0
 * @param parityShards parity packets in an FEC group; together with the data at most 256
 * @param rateLimitBytesPerSecond most bytes of UDP payload sent in a second, whatever they are: data, parity,
 *     retransmissions, acknowledgements (unless 1024 of these wait, which then go at once); 0 for no limit
 */
public record SessionConfig(KcpConfig kcp, int dataShards, int parityShards, int rateLimitBytesPerSecond) {
    /** Largest UDP payload that a peer takes. spec: kcp 1.7 */
    public static final int MAX_PACKET_BYTES = 1500;

    /** Most shards in a group. spec: kcp 3 */
    public static final int MAX_SHARDS = 256;

    /** Checks what the core does not check itself. */
    public SessionConfig {
        if (dataShards < 0 || parityShards < 0 || (long) dataShards + parityShards > MAX_SHARDS) {
            throw new IllegalArgumentException("FEC shards " + dataShards + "+" + parityShards
                    + ": neither may be negative, together at most " + MAX_SHARDS);
        }
        if (rateLimitBytesPerSecond < 0) {
            throw new IllegalArgumentException("rateLimitBytesPerSecond " + rateLimitBytesPerSecond + ": not negative");
        }
    }

    /** Settings without a limit of the rate. */
    public SessionConfig(KcpConfig kcp, int dataShards, int parityShards) {
        this(kcp, dataShards, parityShards, 0);
    }

    /** The same with a limit of the rate. */
    public SessionConfig withRateLimit(int bytesPerSecond) {
        return new SessionConfig(kcp, dataShards, parityShards, bytesPerSecond);
    }

    /** Whether packets are sent with forward error correction. */
    public boolean fecEnabled() {
        return dataShards > 0 && parityShards > 0;
    }

    /** Bytes of the packet that go to headers and trailers around the KCP segments. */
    public int overheadBytes(PacketCipher cipher) {
        return cipher.headerBytes() + cipher.trailerBytes() + (fecEnabled() ? FecHeader.BYTES : 0);
    }

    /** What the core gets under a cipher: its packets are shorter by what goes around them. */
    public KcpConfig kcpConfig(PacketCipher cipher) {
        return kcp.withMtuBytes(kcp.mtuBytes() - overheadBytes(cipher));
    }
}
