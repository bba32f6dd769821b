package io.millrace.tunnel.session;

import io.millrace.kcp.KcpChannel;
import io.millrace.smux.SmuxSessionHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;

/**
 * Ends a session so that the peer hears of it: streams send what they have and their end, and the KCP session waits for
 * that to be acknowledged before it goes, since going is silent. spec: smux 14.4
 */
public final class OrderlyClose {
    private OrderlyClose() {}

    /**
     * Begins the end. Event loop of the channel.
     *
     * @param limitMs after which what is left is abandoned
     * @return the channel's close future
     */
    public static ChannelFuture of(KcpChannel channel, SmuxSessionHandler session, long limitMs) {
        if (channel.isOpen()) {
            CloseWhenDrained gate = new CloseWhenDrained(channel);
            channel.pipeline().addFirst(gate);
            session.close();
            channel.eventLoop().schedule(gate::open, limitMs, TimeUnit.MILLISECONDS);
        }
        return channel.closeFuture();
    }

    /** Holds a close back until everything sent is acknowledged, or nobody wants to wait any longer. */
    private static final class CloseWhenDrained extends ChannelOutboundHandlerAdapter {
        private final KcpChannel channel;
        private boolean open;

        CloseWhenDrained(KcpChannel channel) {
            this.channel = channel;
        }

        void open() {
            open = true;
            channel.close();
        }

        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            if (open) {
                ctx.close(promise);
            } else {
                channel.drained().addListener(drained -> ctx.close(promise));
            }
        }
    }
}
