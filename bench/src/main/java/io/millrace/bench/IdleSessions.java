package io.millrace.bench;

import io.millrace.config.ClientCommand;
import io.millrace.config.ClientConfig;
import io.millrace.config.Endpoint;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpClientBootstrap;
import io.millrace.kcp.KcpListener;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.millrace.tunnel.net.Transport;
import io.millrace.tunnel.session.TunnelParameters;
import io.millrace.tunnel.session.TunnelPipeline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The load of many clients that do nothing: so many sessions, each on a UDP port of its own, kept alive. Arguments: how
 * many, then the client's flags ({@code -r HOST:PORT} and what must match). Tells on standard output how many the server has
 * answered, every second, and ends with standard input.
 */
public final class IdleSessions {
    /** Sessions begun in a second. */
    private static final int RATE = 1000;

    private IdleSessions() {}

    /** See the class. */
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]);
        ClientConfig config = ClientCommand.config(Arrays.copyOfRange(args, 1, args.length));
        TunnelParameters parameters = new TunnelParameters(config.tunnel());
        Transport transport = Transport.pick();
        EventLoopGroup loops = transport.newEventLoopGroup(1, "idle");
        EventLoop loop = loops.next();
        KcpClientBootstrap bootstrap = new KcpClientBootstrap(
                transport.udpChannel(),
                parameters.kcp(),
                parameters::newCipher,
                parameters.datagrams(),
                KcpListener.NONE);
        Endpoint.HostPort remote = config.remoteAddress().at(0);
        InetSocketAddress server = new InetSocketAddress(remote.host(), remote.port());
        List<KcpChannel> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            loop.schedule(
                    () -> {
                        bootstrap
                                .connect(loop, server, pipeline(parameters))
                                .addListener(done -> sessions.add((KcpChannel) done.getNow()));
                    },
                    i * 1000L / RATE,
                    TimeUnit.MILLISECONDS);
        }
        loop.scheduleAtFixedRate(
                () -> System.out.println(sessions.stream()
                        .filter(s -> s.isOpen() && s.session().kcp().hasReceivedInOrder())
                        .count()),
                1,
                1,
                TimeUnit.SECONDS);
        while (System.in.read() >= 0) {
            // until it ends
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private static ChannelInitializer<Channel> pipeline(TunnelParameters parameters) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel kcp) {
                TunnelPipeline.install(
                        kcp.pipeline(),
                        parameters.settings().compression(),
                        SmuxSessionHandler.client(parameters.smux(), SmuxSessionListener.NONE));
            }
        };
    }
}
