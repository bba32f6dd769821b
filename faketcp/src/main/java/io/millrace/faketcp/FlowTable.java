package io.millrace.faketcp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The flows of one raw socket by their peers, a bounded number. A flow is here only while the kernel has its connection, so
 * a forged sender cannot make one. One thread. spec: tunnel 7.5
 */
final class FlowTable {
    /** A flow is over when nothing has come for so long. */
    static final long SILENCE_MS = 60_000;
    /** The same while no datagram has come at all. */
    static final long UNUSED_MS = 10_000;

    private final int maxFlows;
    private final Map<InetSocketAddress, Flow> flows = new HashMap<>();
    /** The flow found last: the packets of a batch come mostly from one peer. */
    private @Nullable Flow last;

    FlowTable(int maxFlows) {
        this.maxFlows = maxFlows;
    }

    int size() {
        return flows.size();
    }

    /** Adds a flow, in the place of an older one with the same peer; false if there are as many as allowed. */
    boolean add(Flow flow) {
        if (flows.size() >= maxFlows && !flows.containsKey(flow.peer)) {
            return false;
        }
        Flow older = flows.put(flow.peer, flow);
        if (older != null) {
            older.connection.close();
        }
        last = null;
        return true;
    }

    void remove(Flow flow) {
        flows.remove(flow.peer, flow);
        last = null;
    }

    @Nullable
    Flow find(InetAddress address, int port) {
        Flow recent = last;
        if (recent != null
                && recent.peer.getPort() == port
                && recent.peer.getAddress().equals(address)) {
            return recent;
        }
        return find(new InetSocketAddress(address, port));
    }

    @Nullable
    Flow find(InetSocketAddress peer) {
        Flow recent = last;
        if (recent != null && recent.peer.equals(peer)) {
            return recent;
        }
        Flow flow = flows.get(peer);
        if (flow != null) {
            last = flow;
        }
        return flow;
    }

    /** Takes out the flows that have been silent for too long; ending their connections is the caller's. */
    List<Flow> expire(long nowMs) {
        List<Flow> silent = new ArrayList<>();
        for (Flow flow : flows.values()) {
            if (nowMs - flow.lastHeardMs >= (flow.used ? SILENCE_MS : UNUSED_MS)) {
                silent.add(flow);
            }
        }
        silent.forEach(this::remove);
        return silent;
    }

    /** Takes out all flows. */
    List<Flow> clear() {
        List<Flow> all = new ArrayList<>(flows.values());
        flows.clear();
        last = null;
        return all;
    }
}
