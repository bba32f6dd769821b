package io.millrace.kcp;

import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.session.SessionConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * Binds server sockets. One socket serves all its sessions on one event loop; to use several loops, bind one socket on
 * each with {@code sharePort} before traffic starts, and the kernel spreads the peers over them. spec: kcp 5.2
 */
public final class KcpServerBootstrap {
    private final Class<? extends DatagramChannel> channelType;
    private final SessionConfig config;
    private final SharedByLoop shared;
    private final KcpServerLimits limits;
    private final DatagramOptions options;
    private final KcpListener listener;

    /**
     * @param channelType the transport's datagram channel, with a constructor without parameters
     * @param ciphers makes a cipher of its own for each event loop
     */
    public KcpServerBootstrap(
            Class<? extends DatagramChannel> channelType,
            SessionConfig config,
            Supplier<? extends PacketCipher> ciphers,
            KcpServerLimits limits,
            DatagramOptions options,
            KcpListener listener) {
        this.channelType = channelType;
        this.config = config;
        this.shared = new SharedByLoop(config, ciphers);
        this.limits = limits;
        this.options = options;
        this.listener = listener;
    }

    /** Whether several sockets of the transport can share one port. */
    public static boolean canSharePort(Class<? extends DatagramChannel> channelType) {
        return EpollDatagramChannel.class.isAssignableFrom(channelType);
    }

    /**
     * Binds one socket. Any thread. Closing its channel closes its sessions.
     *
     * @param loop runs the socket, its sessions and what lies above
     * @param initializer goes into each session's pipeline; must be sharable
     * @param sharePort lets other sockets bind the same port; see {@link #canSharePort}
     */
    public ChannelFuture bind(
            EventLoop loop, InetSocketAddress address, ChannelHandler initializer, boolean sharePort) {
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(channelType).handler(newHandler(loop, initializer));
        options.apply(bootstrap, channelType);
        if (sharePort) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
        }
        return bootstrap.bind(address);
    }

    /**
     * What serves sessions on a datagram channel; {@link #bind} puts it on a UDP socket. A new one for each channel, last in its
     * pipeline.
     *
     * @param loop the channel's
     * @param initializer goes into each session's pipeline; must be sharable
     */
    public ChannelHandler newHandler(EventLoop loop, ChannelHandler initializer) {
        return new KcpServerHandler(config, shared.of(loop), limits, initializer, listener);
    }

    /**
     * What a socket bound here has counted; look at it on the socket's event loop.
     *
     * @throws IllegalArgumentException if the channel is not such a socket
     */
    public static DatagramCounters counters(Channel socket) {
        KcpServerHandler handler = socket.pipeline().get(KcpServerHandler.class);
        if (handler == null) {
            throw new IllegalArgumentException("not a socket of a KCP server: " + socket);
        }
        return handler.counters();
    }
}
