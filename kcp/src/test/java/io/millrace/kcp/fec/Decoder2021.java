package io.millrace.kcp.fec;

import io.millrace.kcp.wire.FecHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * The decoder of kcptun 20210922 as far as it decides when to rebuild: one list by id, a group is searched as soon as the
 * list is long enough, and the kind of a packet is not compared with its place. What it would rebuild is only counted: with
 * numbers other than the sender's it is garbage. spec: kcp 3.4
 */
final class Decoder2021 {
    private final int dataShards;
    private final int totalShards;
    private final List<byte[]> packets = new ArrayList<>();
    private int rebuilt;

    Decoder2021(int dataShards, int parityShards) {
        this.dataShards = dataShards;
        this.totalShards = dataShards + parityShards;
    }

    void input(byte[] packet) {
        int seqId = FecHeader.seqId(packet, 0);
        int at = packets.size();
        while (at > 0 && FecHeader.seqId(packets.get(at - 1), 0) - seqId > 0) {
            at--;
        }
        if (at > 0 && FecHeader.seqId(packets.get(at - 1), 0) == seqId) {
            return;
        }
        packets.add(at, packet);
        long group = (seqId & 0xffffffffL) / totalShards;
        List<byte[]> found = packets.stream()
                .filter(p -> (FecHeader.seqId(p, 0) & 0xffffffffL) / totalShards == group)
                .toList();
        boolean[] present = new boolean[totalShards];
        int dataKind = 0;
        for (byte[] p : found) {
            present[Integer.remainderUnsigned(FecHeader.seqId(p, 0), totalShards)] = true;
            dataKind += FecHeader.type(p, 0) == FecHeader.TYPE_DATA ? 1 : 0;
        }
        if (dataKind == dataShards) {
            packets.removeAll(found);
        } else if (found.size() >= dataShards) {
            for (int i = 0; i < dataShards; i++) {
                rebuilt += present[i] ? 0 : 1;
            }
            packets.removeAll(found);
        }
        if (packets.size() > 3 * totalShards) {
            packets.remove(0);
        }
    }

    /** Shards that it handed on as data. */
    int rebuilt() {
        return rebuilt;
    }
}
