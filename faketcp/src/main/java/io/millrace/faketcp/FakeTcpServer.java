package io.millrace.faketcp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A port where disguised connections are accepted. Each event loop has a raw socket for its share of the peers, and one for
 * each address family. Any thread. spec: tunnel 7.3
 */
public final class FakeTcpServer implements AutoCloseable {
    private static final int ACCEPT_BACKLOG = 4096;

    private final FakeTcpOptions options;
    private final Channel acceptor;
    private final List<Channel> ipv4 = new ArrayList<>();
    private final List<Channel> ipv6 = new ArrayList<>();

    private FakeTcpServer(FakeTcpOptions options, Channel acceptor) {
        this.options = options;
        this.acceptor = acceptor;
    }

    /**
     * Binds a TCP port and serves it. Blocks; not for event loops.
     *
     * @param group all event loops, with Netty's epoll; accepts and keeps the kernel's connections
     * @param loops those that get a raw socket
     * @param listeners makes one for each raw socket
     * @param handlers makes the last handler in the pipeline of each raw socket's channel; it sees datagrams from peers
     * @throws IOException if the port cannot be bound or a raw socket not be opened
     */
    public static FakeTcpServer bind(
            EventLoopGroup group,
            List<EventLoop> loops,
            InetSocketAddress address,
            FakeTcpOptions options,
            Supplier<? extends SegmentListener> listeners,
            Function<EventLoop, ? extends ChannelHandler> handlers)
            throws IOException {
        Acceptor accepted = new Acceptor();
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false) // until the raw sockets are there
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel acceptor) {
                        PacketFilter.ofConnection().attachTo(acceptor); // what it accepts inherits it
                    }
                })
                .childHandler(accepted)
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(String.valueOf(bound.cause().getMessage()), bound.cause());
        }
        FakeTcpServer server = new FakeTcpServer(options, bound.channel());
        try {
            server.openRawSockets(loops, listeners, handlers);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        accepted.server = server;
        bound.channel().config().setAutoRead(true);
        return server;
    }

    private void openRawSockets(
            List<EventLoop> loops,
            Supplier<? extends SegmentListener> listeners,
            Function<EventLoop, ? extends ChannelHandler> handlers)
            throws IOException {
        boolean any = localAddress().getAddress().isAnyLocalAddress();
        boolean onlyIpv4 = localAddress().getAddress() instanceof Inet4Address;
        for (int share = 0; share < loops.size(); share++) {
            if (any || onlyIpv4) {
                ipv4.add(open(true, loops, share, listeners, handlers));
            }
            if ((any && RawSocket.hasFamily(false)) || !(any || onlyIpv4)) {
                ipv6.add(open(false, loops, share, listeners, handlers));
            }
        }
    }

    private Channel open(
            boolean isIpv4,
            List<EventLoop> loops,
            int share,
            Supplier<? extends SegmentListener> listeners,
            Function<EventLoop, ? extends ChannelHandler> handlers)
            throws IOException {
        PacketFilter filter = PacketFilter.ofServer(isIpv4, localAddress().getPort(), loops.size(), share);
        SegmentHandler segments = new SegmentHandler(
                localAddress(), isIpv4, options.maxFlows(), System::currentTimeMillis, listeners.get());
        ChannelFuture registered = RawSocket.open(isIpv4)
                .register(loops.get(share), filter, options, segments)
                .awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw new IOException("no raw socket: " + registered.cause(), registered.cause());
        }
        registered.channel().pipeline().addLast(handlers.apply(loops.get(share)));
        return registered.channel();
    }

    @ChannelHandler.Sharable
    private static final class Acceptor extends ChannelInitializer<Channel> {
        private volatile @Nullable FakeTcpServer server;

        @Override
        protected void initChannel(Channel connection) {
            FakeTcpServer present = server;
            if (present == null
                    || !(connection.localAddress() instanceof InetSocketAddress local)
                    || !(connection.remoteAddress() instanceof InetSocketAddress peer)) {
                connection.close();
                return;
            }
            connection.pipeline().addLast(KernelConnection.INSTANCE);
            present.join(connection, local, peer);
        }
    }

    /** Makes an accepted connection known to the raw socket that gets its segments. */
    private void join(Channel connection, InetSocketAddress local, InetSocketAddress peer) {
        List<Channel> raw = peer.getAddress() instanceof Inet4Address ? ipv4 : ipv6;
        if (raw.isEmpty()) {
            connection.close();
            return;
        }
        Channel datagrams = raw.get(PacketFilter.share(peer.getPort(), raw.size()));
        datagrams.eventLoop().execute(() -> {
            SegmentHandler segments = datagrams.pipeline().get(SegmentHandler.class);
            Flow flow = new Flow(local, peer, options.dscp(), connection, SegmentHandler.nowMs(datagrams));
            if (segments == null || !datagrams.isActive() || !segments.flows().add(flow)) {
                connection.close();
                return;
            }
            connection.closeFuture().addListener(closed -> datagrams.eventLoop().execute(() -> segments.flows()
                    .remove(flow)));
        });
    }

    /** The address that connections are accepted at. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) acceptor.localAddress();
    }

    /** The kernel's listening socket; what to do when it cannot accept is for its owner to add. */
    public Channel acceptor() {
        return acceptor;
    }

    /** The datagram channels, which share the peers. */
    public List<Channel> channels() {
        List<Channel> all = new ArrayList<>(ipv4);
        all.addAll(ipv6);
        return all;
    }

    /** Ends all connections. Blocks; not for event loops. */
    @Override
    public void close() {
        acceptor.close().awaitUninterruptibly();
        for (Channel channel : channels()) {
            channel.close().awaitUninterruptibly();
        }
    }
}
