package io.millrace.faketcp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * The kernel's end of a disguised connection. It makes the handshake that networks want to see, and tells when the peer or
 * something on the way ends the connection; disguised datagrams do not reach it ({@link PacketFilter#ofConnection}).
 */
@ChannelHandler.Sharable
final class KernelConnection extends ChannelInboundHandlerAdapter {
    static final KernelConnection INSTANCE = new KernelConnection();

    private KernelConnection() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a reset
    }

    /** Closes each of the two when the other one closes. */
    static void closeTogether(Channel first, Channel second) {
        first.closeFuture().addListener(closed -> second.close());
        second.closeFuture().addListener(closed -> first.close());
    }
}
