package io.millrace.tunnel.client;

import io.millrace.config.ClientConfig;
import io.millrace.config.Endpoint;
import io.millrace.kcp.KcpClientBootstrap;
import io.millrace.tunnel.client.ConnectionHandler.LoopSlots;
import io.millrace.tunnel.net.AcceptFailures;
import io.millrace.tunnel.net.ListenAddress;
import io.millrace.tunnel.net.TcpDisguise;
import io.millrace.tunnel.net.Transport;
import io.millrace.tunnel.session.SessionLog;
import io.millrace.tunnel.session.StreamLog;
import io.millrace.tunnel.session.TunnelParameters;
import io.millrace.tunnel.stats.LoopCounters;
import io.millrace.tunnel.stats.ProcessCounters;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.NettyRuntime;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A running client. */
public final class TunnelClient implements AutoCloseable {
    private static final int ACCEPT_BACKLOG = 4096;
    /** How long the end of streams may take to reach the server when the client stops. */
    private static final long DRAIN_MS = 1500;

    private final EventLoopGroup loops;
    private final Map<Object, LoopSlots> slotsByLoop;
    private final Channel listener;
    private final ProcessCounters counters;

    private TunnelClient(
            EventLoopGroup loops, Map<Object, LoopSlots> slotsByLoop, Channel listener, ProcessCounters counters) {
        this.loops = loops;
        this.slotsByLoop = slotsByLoop;
        this.listener = listener;
        this.counters = counters;
    }

    /**
     * Starts listening; sessions are made when connections need them.
     *
     * @throws IOException if the local address cannot be bound; the message says which and what to do
     */
    public static TunnelClient start(ClientConfig config) throws IOException {
        Transport transport = Transport.pick();
        // More loops than sessions would have nothing to do.
        int loopCount = Math.min(config.pool().connections(), NettyRuntime.availableProcessors());
        EventLoopGroup loops = transport.newEventLoopGroup(
                loopCount, "millrace-client", config.pool().connections());
        try {
            TunnelParameters parameters = new TunnelParameters(config.tunnel());
            ProcessCounters counters = ProcessCounters.ofClient();
            Map<Object, LoopSlots> slots = slots(config, parameters, transport, loops, loopCount, counters);
            ConnectionHandler handler = new ConnectionHandler(
                    slots, parameters, new StreamLog(config.tunnel().log().quiet()));
            return new TunnelClient(loops, slots, bind(config.localAddress(), transport, loops, handler), counters);
        } catch (IOException | RuntimeException failure) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw failure;
        }
    }

    /** The sessions, spread over the event loops in turn. */
    private static Map<Object, LoopSlots> slots(
            ClientConfig config,
            TunnelParameters parameters,
            Transport transport,
            EventLoopGroup loops,
            int loopCount,
            ProcessCounters counters)
            throws IOException {
        TcpDisguise disguise =
                config.tunnel().udp().tcp() ? TcpDisguise.require(transport, parameters.datagrams()) : null;
        ServerAddress server = new ServerAddress(config.remoteAddress(), new SecureRandom());
        Map<Object, LoopSlots> slots = new HashMap<>();
        for (int i = 0; i < loopCount; i++) {
            EventLoop loop = loops.next();
            SessionLog log = parameters.newClientLog(disguise == null ? transport.udpChannel() : null);
            LoopCounters counting = counters.onLoop(loop); // each session has its log line by itself
            KcpClientBootstrap bootstrap = disguise == null
                    ? new KcpClientBootstrap(
                            transport.udpChannel(),
                            parameters.kcp(),
                            parameters::newCipher,
                            parameters.datagrams(),
                            counting)
                    : new KcpClientBootstrap(disguise.dialer(), parameters.kcp(), parameters::newCipher, counting);
            List<SessionSlot> ofLoop = new ArrayList<>();
            for (int slot = i; slot < config.pool().connections(); slot += loopCount) {
                ofLoop.add(new SessionSlot(loop, server, bootstrap, parameters, config.pool(), log, counting));
            }
            slots.put(loop, new LoopSlots(ofLoop));
        }
        return slots;
    }

    private static Channel bind(Endpoint address, Transport transport, EventLoopGroup loops, ConnectionHandler handler)
            throws IOException {
        boolean unix = address instanceof Endpoint.UnixPath;
        Class<? extends ServerChannel> type = unix ? transport.unixServerChannel() : transport.tcpServerChannel();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(type)
                .handler(new AcceptFailures())
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(handler);
        if (!unix) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
            transport.configureTcp(bootstrap::childOption);
        }
        return ListenAddress.await(bootstrap.bind(ListenAddress.of(address, transport)), address);
    }

    /** Where applications connect to; with port 0 in the configuration, the port that was chosen. */
    public SocketAddress localAddress() {
        return listener.localAddress();
    }

    /** What it has counted. */
    public ProcessCounters counters() {
        return counters;
    }

    /** Completes when the listening socket has closed. */
    public Future<Void> terminated() {
        return listener.closeFuture();
    }

    /** Stops accepting, ends the sessions in order within a second or two, and stops the event loops. Blocks. */
    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        List<Future<?>> ends = new ArrayList<>();
        slotsByLoop.forEach((loop, slots) -> {
            for (SessionSlot slot : slots.all()) {
                ends.add(((EventLoop) loop).submit(slot::close));
            }
        });
        for (Future<?> end : ends) {
            end.awaitUninterruptibly(DRAIN_MS);
            if (end.getNow() instanceof Future<?> closed) {
                closed.awaitUninterruptibly(2 * DRAIN_MS);
            }
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
