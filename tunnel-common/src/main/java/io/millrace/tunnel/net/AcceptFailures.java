package io.millrace.tunnel.net;

import io.millrace.tunnel.logging.RateLimiter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a listening socket does when it cannot accept a connection, as when the process has no descriptors left: says so once in
 * a while and pauses for a second. Who connects meanwhile waits in the kernel. Before whatever else hears of errors in the
 * pipeline; of one socket.
 */
public final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long PAUSE_MS = 1_000;

    private final RateLimiter warnings = RateLimiter.ofWarnings();

    /** For a socket that is to listen. */
    public AcceptFailures() {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        warnings.run(suppressed -> LOG.warn(
                "cannot accept connections on {}{}: {}; trying again every second",
                AddressText.of(ctx.channel().localAddress()),
                RateLimiter.more(suppressed),
                SystemFailure.text(cause)));
        if (ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(false);
            ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }
}
