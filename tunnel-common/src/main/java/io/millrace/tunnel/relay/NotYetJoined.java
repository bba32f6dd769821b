package io.millrace.tunnel.relay;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands at the end of the pipeline of a channel that waits for its other side; {@link Relay} takes its place. A channel that
 * breaks meanwhile is closed, which is nothing to make a noise about.
 */
@ChannelHandler.Sharable
public final class NotYetJoined extends ChannelInboundHandlerAdapter {
    /** Has no state. */
    public static final NotYetJoined INSTANCE = new NotYetJoined();

    private static final Logger LOG = LoggerFactory.getLogger(NotYetJoined.class);

    private NotYetJoined() {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("{} broke before it was joined", ctx.channel(), cause);
        ctx.close();
    }
}
