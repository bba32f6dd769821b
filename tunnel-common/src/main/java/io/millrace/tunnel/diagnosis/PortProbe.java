package io.millrace.tunnel.diagnosis;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.concurrent.TimeUnit;

/**
 * Asks a host whether anything listens on a UDP port, by one byte from a socket of its own: a closed port is answered by
 * ICMP, unless a firewall keeps it back. The session's socket cannot hear that, since it is not connected, so that it
 * survives a change of addresses. A server drops the byte as too short.
 */
final class PortProbe {
    private static final long LIMIT_MS = 2_000;

    private PortProbe() {}

    /**
     * Sends the byte.
     *
     * @param onRefused run on the loop, once at most, when the answer is that nothing listens
     */
    static void send(
            EventLoop loop,
            Class<? extends DatagramChannel> channelType,
            InetSocketAddress address,
            Runnable onRefused) {
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(channelType)
                .handler(new Answer(onRefused))
                .connect(address);
        connected.addListener((ChannelFutureListener) done -> {
            if (done.isSuccess()) {
                Channel channel = done.channel();
                channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]), channel.voidPromise());
                loop.schedule(() -> channel.close(), LIMIT_MS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private static final class Answer extends ChannelInboundHandlerAdapter {
        private final Runnable onRefused;
        private boolean told;

        Answer(Runnable onRefused) {
            this.onRefused = onRefused;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!told && (cause instanceof PortUnreachableException || cause instanceof ConnectException)) {
                told = true;
                onRefused.run();
            }
            ctx.close();
        }
    }
}
