package io.millrace.tunnel.server;

import io.millrace.config.ServerConfig;
import io.millrace.kcp.DropReason;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpServerBootstrap;
import io.millrace.kcp.KcpServerLimits;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.tunnel.net.ListenAddress;
import io.millrace.tunnel.net.Transport;
import io.millrace.tunnel.session.OrderlyClose;
import io.millrace.tunnel.session.SessionLog;
import io.millrace.tunnel.session.StreamLog;
import io.millrace.tunnel.session.TunnelParameters;
import io.millrace.tunnel.session.TunnelPipeline;
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

/** A running server: one UDP socket on each event loop, all on one port where the system can share it. */
public final class TunnelServer implements AutoCloseable {
    /** How long the end of streams may take to reach the clients when the server stops. */
    private static final long DRAIN_MS = 1500;

    private final EventLoopGroup loops;
    private final List<Channel> sockets;
    private final ChannelGroup sessions;

    private TunnelServer(EventLoopGroup loops, List<Channel> sockets, ChannelGroup sessions) {
        this.loops = loops;
        this.sockets = sockets;
        this.sessions = sessions;
    }

    /**
     * Binds the address and serves.
     *
     * @throws IOException if the address cannot be bound; the message says which and what to do
     */
    public static TunnelServer start(ServerConfig config) throws IOException {
        TunnelParameters parameters = new TunnelParameters(config.tunnel());
        Transport transport = Transport.pick();
        boolean share = KcpServerBootstrap.canSharePort(transport.udpChannel());
        int loopCount = share ? NettyRuntime.availableProcessors() : 1;
        EventLoopGroup loops = transport.newEventLoopGroup(loopCount, "millrace-server");
        ChannelGroup sessions = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        List<Channel> sockets = new ArrayList<>();
        try {
            StreamLog streamLog = new StreamLog(config.tunnel().log().quiet());
            TargetConnector connector = new TargetConnector(config.targets(), transport, parameters, streamLog);
            InetSocketAddress address = (InetSocketAddress) ListenAddress.of(config.listenAddress(), transport);
            for (int i = 0; i < loopCount; i++) {
                Channel socket = bind(config, transport, loops.next(), parameters, connector, sessions, address, share);
                sockets.add(socket);
                address = (InetSocketAddress) socket.localAddress(); // port 0: the others share what was chosen
            }
            return new TunnelServer(loops, sockets, sessions);
        } catch (IOException | RuntimeException failure) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw failure;
        }
    }

    private static Channel bind(
            ServerConfig config,
            Transport transport,
            EventLoop loop,
            TunnelParameters parameters,
            TargetConnector connector,
            ChannelGroup sessions,
            InetSocketAddress address,
            boolean share)
            throws IOException {
        SessionLog log = new SessionLog(config.tunnel().smux().version());
        KcpServerBootstrap bootstrap = new KcpServerBootstrap(
                transport.udpChannel(),
                parameters.kcp(),
                parameters::newCipher,
                KcpServerLimits.DEFAULT,
                parameters.datagrams(),
                log);
        ChannelHandler initializer = new SessionInitializer(parameters, connector, log, sessions);
        return ListenAddress.await(bootstrap.bind(loop, address, initializer, share), config.listenAddress());
    }

    @ChannelHandler.Sharable
    private static final class SessionInitializer extends ChannelInitializer<Channel> {
        private final TunnelParameters parameters;
        private final TargetConnector connector;
        private final SessionLog log;
        private final ChannelGroup sessions;

        SessionInitializer(
                TunnelParameters parameters, TargetConnector connector, SessionLog log, ChannelGroup sessions) {
            this.parameters = parameters;
            this.connector = connector;
            this.log = log;
            this.sessions = sessions;
        }

        @Override
        protected void initChannel(Channel kcp) {
            SmuxSessionHandler smux = SmuxSessionHandler.server(parameters.smux(), connector, log);
            TunnelPipeline.install(kcp.pipeline(), parameters.settings().compression(), smux);
            sessions.add(kcp);
        }
    }

    /** Where clients send to; with port 0 in the configuration, the port that was chosen. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) sockets.get(0).localAddress();
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
        for (Channel socket : sockets) {
            socket.close().syncUninterruptibly();
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
