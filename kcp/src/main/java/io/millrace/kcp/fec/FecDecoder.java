package io.millrace.kcp.fec;

import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.LittleEndian;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Receiver's side of FEC for one session: brings back lost data packets. Its numbers may differ from the peer's; it finds
 * the peer's by itself, and recovers nothing before they are confirmed, since a shard decoded with wrong numbers looks
 * like a valid packet. Received data packets are the caller's to process, before or after. One thread. spec: kcp 3.4, 3.5
 */
public final class FecDecoder {
    /** Groups kept: the newest ones. */
    private static final int GROUPS = 4;

    private static final byte[] NONE = {};

    private final FecWorkspace workspace;
    private final FecAutoTune autoTune = new FecAutoTune();
    private final @Nullable ShardGroup[] groups = new ShardGroup[GROUPS];

    private int dataShards;
    private int parityShards;
    private int totalShards;
    private long paws;
    private byte[][] rebuilt = new byte[0][];

    private boolean tuning;
    private boolean confirmed;
    private boolean anyGroup;
    /** Group id, unsigned. */
    private int newest;
    /** Packets in a row that were older than all groups kept. */
    private int stale;

    private long fecFullShards;
    private long fecParityShards;
    private long fecErrs;
    private long fecRecovered;

    /**
     * A decoder that expects the numbers configured at this end.
     *
     * @throws IllegalArgumentException unless both are at least 1 and at most 256 together
     */
    public FecDecoder(int dataShards, int parityShards, FecWorkspace workspace) {
        ReedSolomonCodec.requireNumbers(dataShards, parityShards);
        this.workspace = workspace;
        setNumbers(dataShards, parityShards);
    }

    /** A decoder for a session without FEC of its own, made when the peer's first FEC packet arrives. */
    public static FecDecoder lazy(FecWorkspace workspace) {
        FecDecoder decoder = new FecDecoder(1, 1, workspace);
        decoder.tuning = true;
        return decoder;
    }

    /**
     * Takes one FEC packet, data or parity, from its header on; anything else is ignored. Nothing is thrown, whatever the
     * bytes are.
     *
     * @param length bytes from {@code offset}, header included
     * @param sink takes what the packet completes
     */
    public void input(byte[] packet, int offset, int length, RecoveredShards sink) {
        if (length < FecHeader.BYTES || length - FecHeader.SHARD > FecWorkspace.MAX_SHARD_BYTES) {
            return;
        }
        int type = FecHeader.type(packet, offset);
        if (!FecHeader.isShard(type)) {
            return;
        }
        int seqId = FecHeader.seqId(packet, offset);
        boolean data = type == FecHeader.TYPE_DATA;
        autoTune.sample(seqId, data);
        long unsignedId = seqId & 0xffffffffL;
        if (unsignedId >= paws) {
            return;
        }
        int groupId = (int) (unsignedId / totalShards);
        int position = seqId - groupId * totalShards;
        if (data != position < dataShards) {
            tuning = true;
        }
        if (tuning) {
            tune(unsignedId);
            return;
        }
        if (!makeCurrent(groupId)) {
            return;
        }
        ShardGroup group = group(groupId);
        if (group.seen[position]) {
            return;
        }
        group.seen[position] = true;
        if (!data) {
            fecParityShards++;
        }
        if (group.done) {
            return;
        }
        group.store(position, data, packet, offset + FecHeader.SHARD, length - FecHeader.SHARD, workspace);
        if (!confirmed) {
            confirm(group);
        }
        if (confirmed && group.count >= dataShards) {
            complete(group, sink);
        }
    }

    private void tune(long unsignedId) {
        int numbers = autoTune.numbers();
        if (numbers == 0) {
            return;
        }
        int data = numbers >>> 8;
        int parity = numbers & 0xff;
        if (data != dataShards || parity != parityShards) {
            setNumbers(data, parity);
            newest = (int) (unsignedId / totalShards);
            anyGroup = true;
        }
        tuning = false;
        confirmed = true;
    }

    private void setNumbers(int data, int parity) {
        dropGroups();
        dataShards = data;
        parityShards = parity;
        totalShards = data + parity;
        paws = FecEncoder.paws(totalShards);
        rebuilt = new byte[Math.min(data, parity)][];
        Arrays.fill(groups, null);
        anyGroup = false;
        stale = 0;
    }

    /** Moves the window of groups to {@code groupId} if it is newer; false if it is too old for it. */
    private boolean makeCurrent(int groupId) {
        // Compared as the ids of their first packets: group ids alone do not wrap where packet ids do.
        int age = (newest - groupId) * totalShards;
        if (anyGroup && age > (GROUPS - 1) * totalShards) {
            stale++;
            if (stale <= GROUPS * totalShards) {
                return false;
            }
            dropGroups(); // a whole window of nothing else: the ids ran ahead once, and these are the true ones
            anyGroup = false;
        }
        stale = 0;
        if (!anyGroup || age < 0) {
            anyGroup = true;
            newest = groupId;
            for (ShardGroup group : groups) {
                if (group != null && group.live && (newest - group.id) * totalShards > (GROUPS - 1) * totalShards) {
                    group.drop(workspace);
                }
            }
        }
        return true;
    }

    private ShardGroup group(int groupId) {
        int free = -1;
        for (int i = 0; i < GROUPS; i++) {
            ShardGroup group = groups[i];
            if (group == null || !group.live) {
                free = i;
            } else if (group.id == groupId) {
                return group;
            }
        }
        ShardGroup group = groups[free];
        if (group == null) {
            group = new ShardGroup(totalShards);
            groups[free] = group;
        }
        group.begin(groupId);
        return group;
    }

    /** Re-encodes a group that has all its data: only the right numbers give the parity that came. spec: kcp 3.4 */
    private void confirm(ShardGroup group) {
        if (group.dataCount < dataShards || group.count == group.dataCount) {
            return;
        }
        group.extend(workspace);
        if (provesNothing(group)) {
            return;
        }
        ReedSolomonCodec codec = workspace.codec(dataShards, parityShards);
        for (int r = 0; r < parityShards; r++) {
            int position = dataShards + r;
            if (group.seen[position]) {
                boolean fits = group.bytes[position] == group.maxBytes
                        && codec.fits(group.shards, group.shards[position], r, group.maxBytes);
                confirmed = fits;
                tuning = !fits;
                return;
            }
        }
    }

    /** Equal shards have the same shard as parity under any numbers. */
    private boolean provesNothing(ShardGroup group) {
        for (int i = 1; i < dataShards; i++) {
            if (!Arrays.equals(group.shards[0], 0, group.maxBytes, group.shards[i], 0, group.maxBytes)) {
                return false;
            }
        }
        return dataShards > 1;
    }

    private void complete(ShardGroup group, RecoveredShards sink) {
        int missing = dataShards - group.dataCount;
        if (missing == 0) {
            fecFullShards++;
            group.finish(workspace);
            return;
        }
        int bytes = group.maxBytes;
        group.extend(workspace);
        for (int i = 0; i < missing; i++) {
            rebuilt[i] = workspace.acquire(bytes);
        }
        byte[][] shards = rebuilt;
        workspace.codec(dataShards, parityShards).rebuild(group.shards, group.seen, shards, bytes);
        fecRecovered += missing;
        group.finish(workspace);
        for (int i = 0; i < missing; i++) {
            byte[] shard = shards[i];
            shards[i] = NONE;
            int size = LittleEndian.getUnsignedShort(shard, 0);
            if (size >= FecHeader.SIZE_FIELD_BYTES && size <= bytes) {
                sink.accept(shard, FecHeader.SIZE_FIELD_BYTES, size - FecHeader.SIZE_FIELD_BYTES);
            } else {
                fecErrs++;
            }
            workspace.release(shard);
        }
    }

    private void dropGroups() {
        for (ShardGroup group : groups) {
            if (group != null && group.live) {
                group.drop(workspace);
            }
        }
    }

    /** Gives the buffers back; what is in unfinished groups is given up. */
    public void close() {
        dropGroups();
    }

    /** Data shards of the numbers in use: the configured ones until others are found. */
    public int dataShards() {
        return dataShards;
    }

    /** Parity shards of the numbers in use. */
    public int parityShards() {
        return parityShards;
    }

    /** Whether the numbers are known to be the peer's; before that nothing is recovered. */
    public boolean confirmed() {
        return confirmed;
    }

    /** FECFullShards: groups whose data all arrived. spec: kcp 5.8 */
    public long fecFullShards() {
        return fecFullShards;
    }

    /** FECParityShards: parity packets taken into a group. */
    public long fecParityShards() {
        return fecParityShards;
    }

    /** FECErrs: recovered shards whose size field is impossible. */
    public long fecErrs() {
        return fecErrs;
    }

    /** FECRecovered: data shards brought back. */
    public long fecRecovered() {
        return fecRecovered;
    }

    /** FECShardSet: groups held now. */
    public long fecShardSet() {
        int held = 0;
        for (ShardGroup group : groups) {
            if (group != null && group.live) {
                held++;
            }
        }
        return held;
    }

    /** FECShardMin: id of the newest group. */
    public long fecShardMin() {
        return newest & 0xffffffffL;
    }
}
