package io.millrace.kcp.fec;

import java.util.Arrays;

/** The shards of one group as far as they came, or the memory that it is done. */
final class ShardGroup {
    private static final byte[] NONE = {};

    final byte[][] shards;
    final int[] bytes;
    /** Which ones came; kept when the group is done, so that a repeated one is known. */
    final boolean[] seen;

    /** seqid / n, unsigned. */
    int id;
    /** Whether it is in use. */
    boolean live;
    /** Complete or recovered; the shards are given back. */
    boolean done;

    int count;
    int dataCount;
    int maxBytes;

    ShardGroup(int totalShards) {
        this.shards = new byte[totalShards][];
        this.bytes = new int[totalShards];
        this.seen = new boolean[totalShards];
    }

    void begin(int groupId) {
        id = groupId;
        live = true;
        done = false;
        Arrays.fill(seen, false);
    }

    void store(int position, boolean data, byte[] from, int offset, int length, FecWorkspace workspace) {
        byte[] shard = workspace.acquire(length);
        System.arraycopy(from, offset, shard, 0, length);
        shards[position] = shard;
        bytes[position] = length;
        count++;
        if (data) {
            dataCount++;
        }
        maxBytes = Math.max(maxBytes, length);
    }

    /** Zero-extends all shards to the longest. */
    void extend(FecWorkspace workspace) {
        for (int i = 0; i < shards.length; i++) {
            if (seen[i]) {
                shards[i] = workspace.extend(shards[i], bytes[i], maxBytes);
            }
        }
    }

    void finish(FecWorkspace workspace) {
        releaseShards(workspace);
        done = true;
    }

    void drop(FecWorkspace workspace) {
        releaseShards(workspace);
        live = false;
    }

    private void releaseShards(FecWorkspace workspace) {
        if (count > 0) {
            for (int i = 0; i < shards.length; i++) {
                if (seen[i]) {
                    workspace.release(shards[i]);
                    shards[i] = NONE;
                }
            }
        }
        count = 0;
        dataCount = 0;
        maxBytes = 0;
    }
}
