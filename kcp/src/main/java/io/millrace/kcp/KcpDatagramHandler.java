package io.millrace.kcp;

import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.session.SessionConfig;
import io.millrace.kcp.session.SharedResources;
import io.millrace.kcp.wire.PacketBurst;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What client and server share on a datagram channel: packets are deciphered and routed as they come, the sessions they
 * reached are finished once per read batch, and what these send leaves with one flush.
 */
abstract class KcpDatagramHandler extends ChannelInboundHandlerAdapter {
    /** The clock is read again after this many packets of a batch, less than 0.1 ms. */
    private static final int PACKETS_PER_CLOCK = 32;
    /** A burst of this many bytes leaves at once, while it is in the processor's cache; shorter ones leave together. */
    private static final int LONG_BURST_BYTES = 32 * 1024;

    private final SessionConfig config;
    private final SharedResources shared;
    private final KcpListener listener;
    private final DatagramCounters counters = new DatagramCounters();
    private final byte[] packet = new byte[SessionConfig.MAX_PACKET_BYTES + PacketCipher.ROOM_BEHIND_BYTES];
    private final List<KcpChannel> touched = new ArrayList<>();
    private final List<KcpChannel> finishing = new ArrayList<>();
    private final List<KcpChannel> blocked = new ArrayList<>();

    private @Nullable DatagramChannel channel;
    private @Nullable DatagramSender sender;
    private boolean inBatch;
    /** A session is in the middle of a flush; no other may begin one. */
    private boolean sending;

    private int packetsSinceClock;
    private int batchNowMs;
    private boolean flushPending;

    KcpDatagramHandler(SessionConfig config, SharedResources shared, KcpListener listener) {
        this.config = config;
        this.shared = shared;
        this.listener = listener;
    }

    /** Routes one deciphered packet body to its session through {@link #deliver}, or counts why not. */
    abstract void route(byte[] bytes, int offset, int length, InetSocketAddress from);

    /** A session of this channel is closed. */
    abstract void onRemoved(KcpChannel session);

    /** All sessions, in a list of the caller's own. */
    abstract List<KcpChannel> sessions();

    SessionConfig config() {
        return config;
    }

    SharedResources shared() {
        return shared;
    }

    DatagramCounters counters() {
        return counters;
    }

    KcpListener listener() {
        return listener;
    }

    DatagramChannel channel() {
        DatagramChannel present = channel;
        if (present == null) {
            throw new IllegalStateException("not yet in a datagram channel");
        }
        return present;
    }

    int nowMs() {
        return SessionClock.nowMs(channel().eventLoop().ticker());
    }

    /** Makes a session's channel, tells of it and registers it; the initialiser must have been put into its pipeline. */
    final void open(KcpChannel session) {
        listener.sessionOpened(session);
        channel().eventLoop().register(session).addListener(registered -> {
            if (!registered.isSuccess()) {
                listener.internalError(registered.cause());
                session.close(CloseReason.LOCAL);
            }
        });
    }

    final void deliver(KcpChannel session, byte[] bytes, int offset, int length) {
        if (!session.touched) {
            session.touched = true;
            touched.add(session);
        }
        // A read batch is over within a few milliseconds; asking for the time is dear beside taking a packet.
        if (packetsSinceClock == 0) {
            batchNowMs = nowMs();
        }
        packetsSinceClock = (packetsSinceClock + 1) % PACKETS_PER_CLOCK;
        session.onPacket(bytes, offset, length, batchNowMs);
    }

    final void drop(DropReason reason, InetSocketAddress from) {
        counters.countDropped(reason);
        listener.packetDropped(reason, from);
    }

    final void onSessionClosed(KcpChannel session, CloseReason reason) {
        blocked.remove(session);
        onRemoved(session);
        listener.sessionClosed(session, reason);
    }

    // Sending.

    final boolean canSend() {
        return channel().isWritable();
    }

    final void send(PacketBurst packets, InetSocketAddress recipient) {
        DatagramSender present = sender;
        boolean atOnce = packets.totalBytes() >= LONG_BURST_BYTES;
        try {
            if (present != null) {
                shared.cipher().seal(packets);
                present.write(packets, recipient);
            }
        } finally {
            packets.clear(); // it is shared: what failed for one session must not go out with another's
        }
        if (atOnce) {
            sending = true;
            try {
                channel().flush();
            } finally {
                sending = false;
            }
            return;
        }
        flushPending |= inBatch; // acknowledgements may leave in the middle of a batch, and nothing after them
    }

    final void flushDatagrams() {
        if (inBatch) {
            flushPending = true;
        } else {
            channel().flush();
        }
    }

    final void flushDatagramsNow() {
        channel().flush();
    }

    final void addBlocked(KcpChannel session) {
        if (!session.blocked) {
            session.blocked = true;
            blocked.add(session);
        }
    }

    // The datagram channel's events.

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Channel present = ctx.channel();
        if (!(present instanceof DatagramChannel datagrams)) {
            throw new IllegalStateException(
                    "needs a DatagramChannel, got " + present.getClass().getName());
        }
        channel = datagrams;
        sender = new DatagramSender(present, DatagramSender.canSegment(present), counters, listener);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket datagram = (DatagramPacket) message;
        try {
            inBatch = true;
            receive(datagram.content(), datagram.sender());
        } catch (RuntimeException | OutOfMemoryError failure) {
            // Whatever it was, Netty's lack of direct memory included, the next packet must be read. spec: kcp 6.4 (13)
            drop(DropReason.INTERNAL_ERROR, datagram.sender());
            listener.internalError(failure);
        } finally {
            datagram.release();
        }
    }

    private void receive(ByteBuf content, InetSocketAddress from) {
        counters.countReceived();
        int length = content.readableBytes();
        if (length > SessionConfig.MAX_PACKET_BYTES) {
            drop(DropReason.TOO_LONG, from);
            return;
        }
        content.readBytes(packet, 0, length);
        PacketCipher cipher = shared.cipher();
        int body = cipher.open(packet, 0, length);
        if (body < 0) {
            drop(body == PacketCipher.TOO_SHORT ? DropReason.TOO_SHORT : DropReason.BAD_CHECKSUM, from);
            return;
        }
        route(packet, body, length - cipher.headerBytes() - cipher.trailerBytes(), from);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Sessions are finished from a list of its own: what they call may open, close and touch others.
        finishing.addAll(touched);
        touched.clear();
        for (int i = 0; i < finishing.size(); i++) {
            KcpChannel session = finishing.get(i);
            session.touched = false;
            try {
                session.onBatchEnd();
            } catch (RuntimeException | OutOfMemoryError failure) {
                listener.internalError(failure);
            }
        }
        finishing.clear();
        inBatch = false;
        packetsSinceClock = 0;
        if (flushPending) {
            flushPending = false;
            ctx.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable() || blocked.isEmpty()) {
            return;
        }
        if (sending) {
            ctx.executor().execute(this::resumeBlocked);
        } else {
            resumeBlocked();
        }
    }

    private void resumeBlocked() {
        List<KcpChannel> waiting = new ArrayList<>(blocked);
        blocked.clear();
        for (KcpChannel session : waiting) {
            session.blocked = false;
        }
        for (KcpChannel session : waiting) {
            try {
                session.onUnblocked(); // blocks again when the channel has filled up meanwhile
            } catch (RuntimeException | OutOfMemoryError failure) {
                listener.internalError(failure);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A failed send or an ICMP error: the socket lives on, KCP repeats what was lost.
        counters.countSendFailure();
        listener.sendFailed(channel().localAddress(), cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        for (KcpChannel session : sessions()) {
            session.close(CloseReason.SOCKET_CLOSED);
        }
    }
}
