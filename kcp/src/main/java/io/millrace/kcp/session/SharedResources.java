package io.millrace.kcp.session;

import io.millrace.kcp.arq.SegmentPool;
import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.fec.FecWorkspace;
import io.millrace.kcp.wire.PacketBurst;

/**
 * What the sessions of one thread share: they take turns, so one of each is enough for all.
 *
 * @param cipher seals and opens packets
 * @param burst where a flush lays out its packets; empty between flushes
 * @param segments spare segments
 * @param fec spare shards and tables
 */
public record SharedResources(PacketCipher cipher, PacketBurst burst, SegmentPool segments, FecWorkspace fec) {
    /** Spare segments kept: 3 MiB. */
    private static final int SPARE_SEGMENTS = 2048;

    /**
     * A fresh set.
     *
     * @param burstPackets most packets that are sealed and sent together
     */
    public static SharedResources create(PacketCipher cipher, int burstPackets) {
        return new SharedResources(
                cipher,
                new PacketBurst(burstPackets, SessionConfig.MAX_PACKET_BYTES),
                new SegmentPool(SPARE_SEGMENTS),
                new FecWorkspace());
    }
}
