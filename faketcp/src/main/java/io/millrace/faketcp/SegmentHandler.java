package io.millrace.faketcp;

import io.millrace.faketcp.wire.ReceivedSegment;
import io.millrace.faketcp.wire.SegmentDropReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a raw socket into a datagram channel: what comes from the socket is parsed, and the payload of a flow's segments goes
 * on as datagrams from their peer; datagrams to a peer leave as segments of its flow. First in the pipeline.
 * spec: tunnel 7.4, 7.5
 */
@SuppressWarnings("EnumOrdinal") // an array by reason counts without boxing; ordinals never leave this class
final class SegmentHandler extends ChannelDuplexHandler {
    private static final long EXPIRY_PERIOD_MS = 5000;

    private final InetSocketAddress local;
    private final boolean ipv4;
    private final FlowTable flows;
    private final LongSupplier unixTimeMs;
    private final SegmentListener listener;
    private final ReceivedSegment segment = new ReceivedSegment();
    private final long[] dropped = new long[SegmentDropReason.values().length];
    private @Nullable Future<?> expiry;

    /**
     * @param local where segments are taken; only its port is looked at
     * @param ipv4 whether the raw socket is one of IPv4
     * @param unixTimeMs the clock that the timestamps show
     */
    SegmentHandler(
            InetSocketAddress local, boolean ipv4, int maxFlows, LongSupplier unixTimeMs, SegmentListener listener) {
        this.local = local;
        this.ipv4 = ipv4;
        this.flows = new FlowTable(maxFlows);
        this.unixTimeMs = unixTimeMs;
        this.listener = listener;
    }

    InetSocketAddress localAddress() {
        return local;
    }

    FlowTable flows() {
        return flows;
    }

    long dropped(SegmentDropReason reason) {
        return dropped[reason.ordinal()];
    }

    private void drop(SegmentDropReason reason) {
        dropped[reason.ordinal()]++;
        listener.dropped(reason);
    }

    /** Monotonic, for the ages of flows. */
    static long nowMs(Channel channel) {
        return TimeUnit.NANOSECONDS.toMillis(channel.eventLoop().ticker().nanoTime());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        expiry = ctx.executor()
                .scheduleWithFixedDelay(
                        () -> expire(ctx.channel()), EXPIRY_PERIOD_MS, EXPIRY_PERIOD_MS, TimeUnit.MILLISECONDS);
        ctx.fireChannelActive();
    }

    private void expire(Channel channel) {
        for (Flow flow : flows.expire(nowMs(channel))) {
            flow.connection.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Future<?> scheduled = expiry;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
        for (Flow flow : flows.clear()) {
            flow.connection.close();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        ByteBuf content = packet.content();
        Flow flow = null;
        try {
            flow = receive(packet, nowMs(ctx.channel()));
            if (flow != null) {
                content.setIndex(segment.payloadIndex(), segment.payloadIndex() + segment.payloadBytes());
                ctx.fireChannelRead(new DatagramPacket(content, local, flow.peer));
            }
        } finally {
            segment.clear();
            if (flow == null) {
                packet.release();
            }
        }
    }

    /** Takes a packet of the raw socket; answers the flow to which it brought a datagram, if any. */
    private @Nullable Flow receive(DatagramPacket packet, long nowMs) {
        SegmentDropReason unusable = ipv4 ? segment.parseIpv4(packet.content()) : segment.parseIpv6(packet.content());
        if (unusable != null) {
            drop(unusable);
            return null;
        }
        if (segment.destinationPort() != local.getPort()) {
            drop(SegmentDropReason.OTHER_PORT);
            return null;
        }
        Flow flow = flows.find(packet.sender().getAddress(), segment.sourcePort());
        if (flow == null) {
            drop(SegmentDropReason.NO_FLOW);
            return null;
        }
        // Those of the kernel may lack their checksum here, when a network card was to put it in.
        if (segment.payloadBytes() > 0 && !flow.segments.isIntact(segment)) {
            drop(SegmentDropReason.BAD_CHECKSUM);
            return null;
        }
        flow.segments.onReceived(segment);
        flow.lastHeardMs = nowMs;
        if (!segment.hasDatagram()) {
            return null;
        }
        flow.used = true;
        return flow;
    }

    /** As with UDP, that a write has succeeded says nothing about its arrival. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            Flow flow = flows.find(packet.recipient());
            if (flow == null) {
                drop(SegmentDropReason.NO_FLOW);
            } else {
                send(ctx, flow, packet);
            }
        } finally {
            packet.release();
        }
        if (!promise.isVoid()) {
            promise.trySuccess();
        }
    }

    /** Sends one datagram, or the equally long ones of a segmented one, laid out in one buffer. */
    private void send(ChannelHandlerContext ctx, Flow flow, DatagramPacket packet) {
        ByteBuf content = packet.content();
        int end = content.writerIndex();
        int bytes = content.readableBytes();
        int datagramBytes = packet instanceof SegmentedDatagramPacket several ? several.segmentSize() : bytes;
        if (bytes == 0) {
            return;
        }
        int headerBytes = flow.segments.headerBytes();
        int count = (bytes + datagramBytes - 1) / datagramBytes;
        int timestamp = (int) unixTimeMs.getAsLong();
        ByteBuf out = ctx.alloc().directBuffer(count * headerBytes + bytes);
        try {
            for (int at = content.readerIndex(); at < end; at += datagramBytes) {
                int length = Math.min(datagramBytes, end - at);
                flow.segments.write(content, at, length, timestamp, out);
                ByteBuf whole = out.readRetainedSlice(headerBytes + length);
                // The void promise sends failures through the pipeline, to the handler that counts them.
                ctx.write(new DatagramPacket(whole, flow.peerHost), ctx.voidPromise());
            }
        } finally {
            out.release();
        }
    }
}
