package io.millrace.faketcp;

import io.millrace.faketcp.wire.SegmentFlow;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** A connection of the kernel and the flow of segments in its disguise. */
final class Flow {
    /** The peer's address and port. */
    final InetSocketAddress peer;
    /** The peer's address alone, as raw sockets want it. */
    final InetSocketAddress peerHost;

    final SegmentFlow segments;
    /** The kernel's connection. */
    final Channel connection;

    long lastHeardMs;
    /** Whether a datagram has come. */
    boolean used;

    Flow(InetSocketAddress local, InetSocketAddress peer, int dscp, Channel connection, long nowMs) {
        this.peer = peer;
        this.peerHost = new InetSocketAddress(peer.getAddress(), 0);
        this.segments = new SegmentFlow(
                local.getAddress().getAddress(),
                local.getPort(),
                peer.getAddress().getAddress(),
                peer.getPort(),
                dscp);
        this.connection = connection;
        this.lastHeardMs = nowMs;
    }
}
