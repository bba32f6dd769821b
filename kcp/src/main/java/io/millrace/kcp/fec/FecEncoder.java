package io.millrace.kcp.fec;

import io.millrace.kcp.wire.FecHeader;

/**
 * Sender's side of FEC for one session: numbers every packet and, after each full group, makes its parity packets. An
 * unfinished group waits without a timer, however long. One thread. spec: kcp 3.1, 3.2
 */
public final class FecEncoder {
    /** A pause this long before the last packet of a group makes its parity not worth sending. spec: kcp 3.2 step 4 */
    private static final int MAX_GAP_MS = 500;

    private static final byte[] NONE = {};

    private final FecWorkspace workspace;
    private final int maxShardBytes;

    private int nextDataShards;
    private int nextParityShards;

    private int dataShards;
    private int parityShards;
    private long paws;
    private byte[][] data = new byte[0][];
    private int[] dataBytes = new int[0];
    private byte[][] parity = new byte[0][];

    private long next;
    private int count;
    private int maxBytes;
    private boolean anySent;
    private int lastMs;

    /** Parity of the group finished last; 0 bytes when there is none to write. */
    private int parityBytes;

    private long firstParity;

    /**
     * An encoder with a workspace of its own.
     *
     * @param maxShardBytes longest shard: 2 + KCP bytes of the largest packet, 2..1500
     * @throws IllegalArgumentException unless both numbers are at least 1 and at most 256 together
     */
    public FecEncoder(int dataShards, int parityShards, int maxShardBytes) {
        this(dataShards, parityShards, maxShardBytes, new FecWorkspace());
    }

    /** As {@link #FecEncoder(int, int, int)}, with the workspace of the event loop. */
    public FecEncoder(int dataShards, int parityShards, int maxShardBytes, FecWorkspace workspace) {
        ReedSolomonCodec.requireNumbers(dataShards, parityShards);
        if (maxShardBytes < FecHeader.SIZE_FIELD_BYTES || maxShardBytes > FecWorkspace.MAX_SHARD_BYTES) {
            throw new IllegalArgumentException("maxShardBytes " + maxShardBytes + ", allowed "
                    + FecHeader.SIZE_FIELD_BYTES + ".." + FecWorkspace.MAX_SHARD_BYTES);
        }
        this.workspace = workspace;
        this.maxShardBytes = maxShardBytes;
        this.nextDataShards = dataShards;
        this.nextParityShards = parityShards;
        beginNumbers();
    }

    /**
     * Lets the ids begin at {@code firstSeqId}, or the first multiple of the group size above it. Before the first packet.
     */
    public FecEncoder from(int firstSeqId) {
        int n = dataShards + parityShards;
        next = ((firstSeqId & 0xffffffffL) + n - 1) / n * n;
        return this;
    }

    /** Data shards of the group under way. */
    public int dataShards() {
        return dataShards;
    }

    /** Parity shards of the group under way. */
    public int parityShards() {
        return parityShards;
    }

    /**
     * Changes the numbers from the next group on. Its ids start at the next multiple of the new group size, for a
     * receiver finds a packet's place by that.
     * Receivers find the new numbers by themselves, but recover nothing while they do; kcptun 20210922 hands out garbage
     * meanwhile, so change nothing towards such a peer (spec: kcp 3.5).
     *
     * @throws IllegalArgumentException unless both are at least 1 and at most 256 together
     */
    public void setShards(int dataShards, int parityShards) {
        ReedSolomonCodec.requireNumbers(dataShards, parityShards);
        nextDataShards = dataShards;
        nextParityShards = parityShards;
    }

    /**
     * Writes the FEC header in front of a packet's KCP bytes and takes the packet into its group.
     *
     * @param fecOffset where the 8 header bytes go; the KCP bytes follow them
     * @param kcpBytes how many, 0..maxShardBytes - 2
     * @param nowMs the session's clock, which may wrap
     * @return parity packets due now, each to be fetched with {@link #writeParity} before the next call: 0, or all of the
     *     group
     */
    public int encodeData(byte[] packet, int fecOffset, int kcpBytes, int nowMs) {
        int shardBytes = FecHeader.SIZE_FIELD_BYTES + kcpBytes;
        if (kcpBytes < 0 || shardBytes > maxShardBytes) {
            throw new IllegalArgumentException(
                    "KCP packet of " + kcpBytes + " bytes, allowed 0.." + (maxShardBytes - FecHeader.SIZE_FIELD_BYTES));
        }
        releaseParity();
        if (count == 0 && (dataShards != nextDataShards || parityShards != nextParityShards)) {
            beginNumbers();
        }
        FecHeader.writeData(packet, fecOffset, (int) next, kcpBytes);
        advance(1);
        byte[] shard = workspace.acquire(shardBytes);
        System.arraycopy(packet, fecOffset + FecHeader.SHARD, shard, 0, shardBytes);
        data[count] = shard;
        dataBytes[count] = shardBytes;
        count++;
        maxBytes = Math.max(maxBytes, shardBytes);

        boolean prompt = anySent && Integer.compareUnsigned(nowMs - lastMs, MAX_GAP_MS) < 0;
        anySent = true;
        lastMs = nowMs;
        return count == dataShards ? finishGroup(prompt) : 0;
    }

    /**
     * Writes an FEC header in front of a packet that stays out of all groups: its id is so far from all others that under any
     * numbers it is alone in its group, and no decoder can rebuild anything with it. Between groups only.
     *
     * @param fecOffset where the 8 header bytes go; the KCP bytes follow them
     */
    public void writeLone(byte[] packet, int fecOffset, int kcpBytes) {
        if (count > 0) {
            throw new IllegalStateException("inside a group");
        }
        FecHeader.writeData(packet, fecOffset, (int) next, kcpBytes);
        int n = dataShards + parityShards;
        advance((ReedSolomonCodec.MAX_SHARDS + n - 1) / n * n);
    }

    private int finishGroup(boolean withParity) {
        firstParity = next;
        advance(parityShards); // also without parity: groups must stay aligned
        if (withParity) {
            for (int i = 0; i < dataShards; i++) {
                data[i] = workspace.extend(data[i], dataBytes[i], maxBytes);
            }
            for (int i = 0; i < parityShards; i++) {
                parity[i] = workspace.acquire(maxBytes);
            }
            workspace.codec(dataShards, parityShards).encode(data, parity, maxBytes);
            parityBytes = maxBytes;
        }
        releaseData();
        return withParity ? parityShards : 0;
    }

    /** Bytes of each parity packet due, from its FEC header on; they take as many as the longest data packet did. */
    public int parityPacketBytes() {
        return FecHeader.SHARD + parityBytes;
    }

    /**
     * Writes a parity packet that the last {@link #encodeData} announced.
     *
     * @param index 0..announced - 1
     * @param to takes {@link #parityPacketBytes()} bytes from {@code offset}, FEC header first
     * @throws IllegalStateException if none is due
     */
    public void writeParity(int index, byte[] to, int offset) {
        if (parityBytes == 0) {
            throw new IllegalStateException("no parity is due");
        }
        FecHeader.writeParity(to, offset, (int) (firstParity + index));
        System.arraycopy(parity[index], 0, to, offset + FecHeader.SHARD, parityBytes);
        if (index == parityShards - 1) {
            releaseParity();
        }
    }

    /** Gives the buffers back. The unfinished group is given up; a closed session sends no more. */
    public void close() {
        releaseParity();
        releaseData();
    }

    /** For tests of the wrap. */
    void startAt(long seqId) {
        next = seqId;
    }

    private void beginNumbers() {
        dataShards = nextDataShards;
        parityShards = nextParityShards;
        int n = dataShards + parityShards;
        paws = paws(n);
        next = (next + n - 1) / n * n;
        if (next >= paws) {
            next = 0;
        }
        data = new byte[dataShards][];
        dataBytes = new int[dataShards];
        parity = new byte[parityShards][];
    }

    /** Ids live below this, a multiple of the group size {@code n}. spec: kcp 3.1 */
    static long paws(int n) {
        return 0xffffffffL / n * n;
    }

    private void advance(int packets) {
        next += packets;
        if (next >= paws) {
            next -= paws;
        }
    }

    private void releaseData() {
        for (int i = 0; i < count; i++) {
            workspace.release(data[i]);
            data[i] = NONE;
        }
        count = 0;
        maxBytes = 0;
    }

    private void releaseParity() {
        if (parityBytes > 0) {
            for (int i = 0; i < parityShards; i++) {
                workspace.release(parity[i]);
                parity[i] = NONE;
            }
            parityBytes = 0;
        }
    }
}
