package io.millrace.faketcp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Opens disguised channels to servers. Any thread. spec: tunnel 7.2 */
public final class FakeTcpClient {
    private final FakeTcpOptions options;
    private final SegmentListener listener;

    public FakeTcpClient(FakeTcpOptions options, SegmentListener listener) {
        this.options = options;
        this.listener = listener;
    }

    /**
     * Connects, and disguises what follows.
     *
     * @param loop an event loop with Netty's epoll
     * @param server resolved address
     * @param handler last in the pipeline of the channel; sees datagrams from and to {@code server}
     * @return the datagram channel; it closes when the connection does
     */
    public Future<Channel> connect(EventLoop loop, InetSocketAddress server, ChannelHandler handler) {
        Promise<Channel> promise = loop.newPromise();
        Connector connector = new Connector(server, handler, promise);
        new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        PacketFilter.ofConnection().attachTo(connection);
                        connection.pipeline().addLast(KernelConnection.INSTANCE, connector);
                    }
                })
                .connect(server)
                .addListener((ChannelFutureListener) connector::onConnected);
        return promise;
    }

    /** Sees the kernel's connection come to be, so that the raw socket is there before the server's answer. */
    private final class Connector extends ChannelDuplexHandler {
        private final InetSocketAddress server;
        private final boolean ipv4;
        private final ChannelHandler handler;
        private final Promise<Channel> promise;
        private @Nullable Channel datagrams;

        Connector(InetSocketAddress server, ChannelHandler handler, Promise<Channel> promise) {
            this.server = server;
            this.ipv4 = server.getAddress() instanceof Inet4Address;
            this.handler = handler;
            this.promise = promise;
        }

        @Override
        public void connect(
                ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise connected) {
            RawSocket raw;
            try {
                raw = RawSocket.open(ipv4);
            } catch (IOException e) {
                connected.setFailure(e);
                return;
            }
            ctx.connect(remote, local, connected);
            // The address and port are chosen now, and an answer, even if it is there, cannot be read before this
            // returns.
            Channel connection = ctx.channel();
            if (!(connection.localAddress() instanceof InetSocketAddress from) || !connection.isOpen()) {
                raw.close();
                return;
            }
            SegmentHandler segments = new SegmentHandler(from, ipv4, 1, System::currentTimeMillis, listener);
            PacketFilter filter = PacketFilter.ofClient(server.getAddress(), server.getPort(), from.getPort());
            Channel channel = raw.register(connection.eventLoop(), filter, options, segments)
                    .channel();
            segments.flows().add(new Flow(from, server, options.dscp(), connection, SegmentHandler.nowMs(connection)));
            KernelConnection.closeTogether(connection, channel);
            datagrams = channel;
        }

        void onConnected(ChannelFuture connected) {
            Channel channel = datagrams;
            if (!connected.isSuccess()) {
                promise.setFailure(connected.cause()); // and the bootstrap has closed the channel, if there was one
            } else if (channel == null || !channel.isActive()) {
                promise.setFailure(new IOException("the raw socket closed"));
            } else {
                channel.pipeline().addLast(handler);
                promise.setSuccess(channel);
            }
        }
    }
}
