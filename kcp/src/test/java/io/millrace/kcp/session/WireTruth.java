package io.millrace.kcp.session;

import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.KcpSegmentHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What really went one way over a link, found by reading the packets as they leave and as they arrive: the counters of both
 * ends must say the same. A lost packet counts as recovered when enough of its group came, once a whole group with parity
 * has shown the numbers (spec: kcp 3.4); packets must then arrive in order.
 */
final class WireTruth {
    long outPkts;
    long outBytes;
    long outSegs;
    long retransSegs;
    long parityPktsSent;

    long inPkts;
    long inBytes;
    long inSegs;
    long repeatSegs;
    long fullGroups;
    long recovered;
    long parityPktsReceived;

    private final int dataShards;
    private final int totalShards;
    private final Set<Integer> sentSns = new HashSet<>();
    private final Set<Integer> arrivedSns = new HashSet<>();
    private final Map<Integer, byte[]> sentBySeqId = new HashMap<>();
    private final Map<Integer, Group> groups = new HashMap<>();
    private boolean confirmed;

    private static final class Group {
        final Set<Integer> arrived = new HashSet<>();
        int data;
        boolean done;
    }

    /** Without FEC both are 0. */
    WireTruth(int dataShards, int parityShards) {
        this.dataShards = dataShards;
        this.totalShards = dataShards + parityShards;
    }

    private record Segment(int cmd, int sn) {}

    /** The segments of a packet; none of a parity packet. */
    private List<Segment> segments(byte[] packet) {
        List<Segment> segments = new ArrayList<>();
        int at = SimulatedSession.HEADER_BYTES;
        if (totalShards > 0) {
            if (FecHeader.type(packet, at) == FecHeader.TYPE_PARITY) {
                return segments;
            }
            at += FecHeader.BYTES;
        }
        while (at < packet.length) {
            segments.add(new Segment(KcpSegmentHeader.cmd(packet, at), KcpSegmentHeader.sn(packet, at)));
            at += KcpSegmentHeader.BYTES + (int) KcpSegmentHeader.len(packet, at);
        }
        return segments;
    }

    void onSent(byte[] packet) {
        outPkts++;
        outBytes += packet.length;
        if (totalShards > 0) {
            sentBySeqId.put(FecHeader.seqId(packet, SimulatedSession.HEADER_BYTES), packet);
            if (FecHeader.type(packet, SimulatedSession.HEADER_BYTES) == FecHeader.TYPE_PARITY) {
                parityPktsSent++;
            }
        }
        for (Segment segment : segments(packet)) {
            outSegs++;
            if (segment.cmd == KcpSegmentHeader.CMD_PUSH && !sentSns.add(segment.sn)) {
                retransSegs++;
            }
        }
    }

    void onArrived(byte[] packet) {
        inPkts++;
        inBytes += packet.length - SimulatedSession.HEADER_BYTES;
        for (Segment segment : segments(packet)) {
            inSegs++;
            if (segment.cmd == KcpSegmentHeader.CMD_PUSH && !arrivedSns.add(segment.sn)) {
                repeatSegs++;
            }
        }
        if (totalShards > 0) {
            toGroup(packet);
        }
    }

    private void toGroup(byte[] packet) {
        int seqId = FecHeader.seqId(packet, SimulatedSession.HEADER_BYTES);
        Group group = groups.computeIfAbsent(seqId / totalShards, id -> new Group());
        group.arrived.add(seqId);
        if (seqId % totalShards < dataShards) {
            group.data++;
        } else {
            parityPktsReceived++;
        }
        confirmed |= group.data == dataShards && group.arrived.size() > dataShards;
        if (!confirmed || group.done || group.arrived.size() < dataShards) {
            return;
        }
        group.done = true;
        if (group.data == dataShards) {
            fullGroups++;
            return;
        }
        int first = seqId - seqId % totalShards;
        for (int id = first; id < first + dataShards; id++) {
            if (!group.arrived.contains(id)) {
                recovered++;
                for (Segment segment : segments(Objects.requireNonNull(sentBySeqId.get(id)))) {
                    inSegs++;
                    if (segment.cmd == KcpSegmentHeader.CMD_PUSH) {
                        arrivedSns.add(segment.sn);
                    }
                }
            }
        }
    }
}
