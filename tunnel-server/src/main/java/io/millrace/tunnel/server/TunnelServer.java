package io.millrace.tunnel.server;

import io.millrace.config.Endpoint;
import io.millrace.config.ServerConfig;
import io.millrace.faketcp.FakeTcpServer;
import io.millrace.kcp.DropReason;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpListener;
import io.millrace.kcp.KcpServerBootstrap;
import io.millrace.kcp.KcpServerLimits;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.millrace.tunnel.net.ListenAddress;
import io.millrace.tunnel.net.TcpDisguise;
import io.millrace.tunnel.net.Transport;
import io.millrace.tunnel.session.OrderlyClose;
import io.millrace.tunnel.session.SessionLog;
import io.millrace.tunnel.session.StreamLog;
import io.millrace.tunnel.session.TunnelParameters;
import io.millrace.tunnel.session.TunnelPipeline;
import io.millrace.tunnel.stats.LoopCounters;
import io.millrace.tunnel.stats.ProcessCounters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.NettyRuntime;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running server. One UDP port is served by a socket on each event loop, where the system can share a port; of many
 * ports each has one socket, and the loops take turns. With {@code tcp} each of these has a raw socket at its side, for clients
 * that disguise their packets.
 */
public final class TunnelServer implements AutoCloseable {
    /** How long the end of streams may take to reach the clients when the server stops. */
    private static final long DRAIN_MS = 1500;

    private final EventLoopGroup loops;
    /** Of a port those of UDP first. */
    private final List<Channel> sockets;

    private final List<FakeTcpServer> disguised;
    private final ChannelGroup sessions;
    private final ProcessCounters counters;

    private TunnelServer(
            EventLoopGroup loops,
            List<Channel> sockets,
            List<FakeTcpServer> disguised,
            ChannelGroup sessions,
            ProcessCounters counters) {
        this.loops = loops;
        this.sockets = sockets;
        this.disguised = disguised;
        this.sessions = sessions;
        this.counters = counters;
    }

    /**
     * Binds the address and serves.
     *
     * @throws IOException if the address cannot be bound; the message says which and what to do
     */
    public static TunnelServer start(ServerConfig config) throws IOException {
        TunnelParameters parameters = new TunnelParameters(config.tunnel());
        Transport transport = Transport.pick();
        int ports = config.listenAddress().count();
        boolean canShare = KcpServerBootstrap.canSharePort(transport.udpChannel());
        int loopCount = canShare || ports > 1 ? NettyRuntime.availableProcessors() : 1;
        EventLoopGroup loops = transport.newEventLoopGroup(loopCount, "millrace-server");
        ChannelGroup sessions = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ProcessCounters counters = ProcessCounters.ofServer();
        try {
            StreamLog streamLog = new StreamLog(config.tunnel().log().quiet());
            TargetConnector connector = new TargetConnector(config.targets(), transport, parameters, streamLog);
            TcpDisguise disguise =
                    config.tunnel().udp().tcp() ? TcpDisguise.require(transport, parameters.datagrams()) : null;
            // With ports enough for all loops each port has one socket; else the loops share each port.
            boolean share = canShare && ports < loopCount;
            int kinds = disguise == null ? 1 : 3; // UDP, and TCP over IPv4 and IPv6
            KcpServerLimits limits =
                    KcpServerLimits.fitting(Runtime.getRuntime().maxMemory(), kinds * ports * (share ? loopCount : 1));
            List<LoopBinder> binders = new ArrayList<>();
            for (int i = 0; i < loopCount; i++) {
                binders.add(new LoopBinder(
                        loops.next(), transport, parameters, config.strict(), limits, connector, sessions, counters));
            }
            List<Channel> sockets = new ArrayList<>();
            List<FakeTcpServer> disguised = new ArrayList<>();
            for (int i = 0; i < ports; i++) {
                Endpoint.HostPort endpoint = config.listenAddress().at(i);
                List<LoopBinder> serving = share ? binders : List.of(binders.get(i % loopCount));
                InetSocketAddress address = bind(serving, endpoint, share, sockets);
                if (disguise != null) {
                    List<EventLoop> servingLoops =
                            serving.stream().map(binder -> binder.loop).toList();
                    FakeTcpServer tcp = disguise.listen(loops, servingLoops, address, loop -> handler(serving, loop));
                    disguised.add(tcp);
                    sockets.addAll(tcp.channels());
                }
            }
            return new TunnelServer(loops, sockets, disguised, sessions, counters);
        } catch (IOException | RuntimeException failure) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw failure;
        }
    }

    /** Binds a port on some loops; answers its address. */
    private static InetSocketAddress bind(
            List<LoopBinder> serving, Endpoint.HostPort endpoint, boolean share, List<Channel> sockets)
            throws IOException {
        InetSocketAddress address = ListenAddress.inet(endpoint);
        for (LoopBinder binder : serving) {
            Channel socket = binder.bind(endpoint, address, share);
            sockets.add(socket);
            address = (InetSocketAddress) socket.localAddress(); // port 0: the others share what was chosen
        }
        return address;
    }

    private static ChannelHandler handler(List<LoopBinder> serving, EventLoop loop) {
        for (LoopBinder binder : serving) {
            if (binder.loop == loop) {
                return binder.newHandler();
            }
        }
        throw new IllegalArgumentException("not a loop of this port: " + loop);
    }

    /** Binds sockets on one event loop. */
    private static final class LoopBinder {
        private final EventLoop loop;
        private final KcpServerBootstrap bootstrap;
        private final ChannelHandler initializer;

        LoopBinder(
                EventLoop loop,
                Transport transport,
                TunnelParameters parameters,
                boolean strict,
                KcpServerLimits limits,
                TargetConnector connector,
                ChannelGroup sessions,
                ProcessCounters counters) {
            this.loop = loop;
            SessionLog log = parameters.newServerLog();
            LoopCounters counting = counters.onLoop(loop);
            bootstrap = new KcpServerBootstrap(
                    transport.udpChannel(),
                    parameters.kcp(),
                    parameters::newCipher,
                    limits,
                    parameters.datagrams(),
                    KcpListener.both(log, counting));
            initializer = new SessionInitializer(
                    parameters, strict, connector, log, SmuxSessionListener.both(log, counting), sessions);
        }

        Channel bind(Endpoint.HostPort endpoint, InetSocketAddress address, boolean share) throws IOException {
            return ListenAddress.await(bootstrap.bind(loop, address, initializer, share), endpoint);
        }

        /** For a channel of the loop that is not bound here. */
        ChannelHandler newHandler() {
            return bootstrap.newHandler(loop, initializer);
        }
    }

    @ChannelHandler.Sharable
    private static final class SessionInitializer extends ChannelInitializer<Channel> {
        private final TunnelParameters parameters;
        private final boolean strict;
        private final TargetConnector connector;
        private final SessionLog log;
        private final SmuxSessionListener listener;
        private final ChannelGroup sessions;

        SessionInitializer(
                TunnelParameters parameters,
                boolean strict,
                TargetConnector connector,
                SessionLog log,
                SmuxSessionListener listener,
                ChannelGroup sessions) {
            this.parameters = parameters;
            this.strict = strict;
            this.connector = connector;
            this.log = log;
            this.listener = listener;
            this.sessions = sessions;
        }

        @Override
        protected void initChannel(Channel kcp) {
            TunnelPipeline.detect(
                    kcp.pipeline(),
                    parameters.format(),
                    strict,
                    version -> SmuxSessionHandler.server(
                            parameters.smux(version), connector, listener, parameters.receivedMemory()),
                    log);
            sessions.add(kcp);
        }
    }

    /** Where clients send to (the first port of a range); with port 0 in the configuration, the port that was chosen. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) sockets.get(0).localAddress();
    }

    /** What it has counted. */
    public ProcessCounters counters() {
        return counters;
    }

    /** Datagrams dropped so far for a reason. Blocks shortly; not for the server's own threads. */
    public long datagramsDropped(DropReason reason) {
        long sum = 0;
        for (Channel socket : sockets) {
            sum += socket.eventLoop()
                    .submit(() -> KcpServerBootstrap.counters(socket).dropped(reason))
                    .syncUninterruptibly()
                    .getNow();
        }
        return sum;
    }

    /** Ends all sessions in order within a second or two, closes the sockets and stops the event loops. Blocks. */
    @Override
    public void close() {
        List<Future<?>> ends = new ArrayList<>();
        for (Channel channel : sessions) {
            SmuxSessionHandler smux = channel.pipeline().get(SmuxSessionHandler.class);
            if (channel instanceof KcpChannel kcp && smux != null) {
                channel.eventLoop().execute(() -> OrderlyClose.of(kcp, smux, DRAIN_MS));
                ends.add(channel.closeFuture());
            }
        }
        for (Future<?> end : ends) {
            end.awaitUninterruptibly(2 * DRAIN_MS);
        }
        disguised.forEach(FakeTcpServer::close);
        for (Channel socket : sockets) {
            socket.close().syncUninterruptibly();
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
