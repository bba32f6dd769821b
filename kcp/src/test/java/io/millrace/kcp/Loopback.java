package io.millrace.kcp;

import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import io.millrace.kcp.session.SessionConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A server socket and client sessions over loopback on one event loop. */
final class Loopback implements AutoCloseable {
    /** The transports to test. */
    enum Transport {
        NIO,
        EPOLL
    }

    static final TunnelKey KEY = TunnelKey.derive("loopback");
    static final DatagramOptions OPTIONS = new DatagramOptions(1 << 20, 0);

    final List<String> events = new CopyOnWriteArrayList<>();
    final EventLoopGroup group;
    private final Class<? extends DatagramChannel> channelType;
    private final SessionConfig config;
    private final Supplier<PacketCipher> ciphers;
    private final List<Channel> channels = new ArrayList<>();

    final KcpListener listener = new KcpListener() {
        @Override
        public void sessionOpened(KcpChannel channel) {
            events.add("opened " + Integer.toHexString(channel.conv()));
        }

        @Override
        public void sessionClosed(KcpChannel channel, CloseReason reason) {
            events.add("closed " + Integer.toHexString(channel.conv()) + " " + reason);
        }

        @Override
        public void packetDropped(DropReason reason, InetSocketAddress sender) {
            events.add("dropped " + reason);
        }

        @Override
        public void internalError(Throwable cause) {
            events.add("error " + cause);
        }
    };

    Loopback(Transport transport, SessionConfig config, String crypt) {
        this(transport, config, () -> PacketCiphers.create(crypt, KEY));
    }

    /** @param ciphers makes one for each bootstrap */
    Loopback(Transport transport, SessionConfig config, Supplier<PacketCipher> ciphers) {
        boolean epoll = transport == Transport.EPOLL;
        this.group =
                new MultiThreadIoEventLoopGroup(1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        this.channelType = epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
        this.config = config;
        this.ciphers = ciphers;
    }

    static SessionConfig config(int dataShards, int parityShards) {
        return config(512, dataShards, parityShards);
    }

    static SessionConfig config(int windowSegments, int dataShards, int parityShards) {
        return new SessionConfig(
                new KcpConfig(1350, windowSegments, windowSegments, true, 10, 2, false, false),
                dataShards,
                parityShards);
    }

    InetSocketAddress bind(KcpServerLimits limits, ChannelHandler initializer) throws Exception {
        KcpServerBootstrap bootstrap = new KcpServerBootstrap(channelType, config, ciphers, limits, OPTIONS, listener);
        Channel server = bootstrap
                .bind(group.next(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), initializer, false)
                .sync()
                .channel();
        channels.add(server);
        return (InetSocketAddress) server.localAddress();
    }

    KcpClientBootstrap newClient() {
        return new KcpClientBootstrap(channelType, config, ciphers, OPTIONS, listener);
    }

    KcpChannel connect(InetSocketAddress server, ChannelHandler initializer) throws Exception {
        KcpChannel client =
                newClient().connect(group.next(), server, initializer).sync().getNow();
        channels.add(client);
        return client;
    }

    @Override
    public void close() {
        for (Channel channel : channels) {
            channel.close().syncUninterruptibly();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
