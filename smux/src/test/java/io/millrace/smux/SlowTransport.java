package io.millrace.smux;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Holds what is written until the test lets bytes pass, and says so through the channel's writability. */
@SuppressWarnings("FutureReturnValueIgnored")
final class SlowTransport extends ChannelOutboundHandlerAdapter {
    static final int HIGH_BYTES = 64 * 1024;
    static final int LOW_BYTES = 32 * 1024;

    private record Held(Object message, ChannelPromise promise) {}

    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext ctx;
    int heldBytes;
    int flushes;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void write(ChannelHandlerContext context, Object msg, ChannelPromise promise) {
        held.add(new Held(msg, promise));
        heldBytes += ((ByteBuf) msg).readableBytes();
        setWritable();
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        flushes++;
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        for (Held one = held.poll(); one != null; one = held.poll()) {
            ReferenceCountUtil.release(one.message);
        }
        context.close(promise);
    }

    /** Lets messages of about {@code bytes} pass. */
    void pass(int bytes) {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new AssertionError("not in a pipeline");
        }
        int left = bytes;
        while (left > 0 && !held.isEmpty()) {
            Held first = held.remove();
            int n = ((ByteBuf) first.message).readableBytes();
            left -= n;
            heldBytes -= n;
            context.write(first.message, first.promise);
        }
        context.flush();
        setWritable();
    }

    private void setWritable() {
        ChannelHandlerContext context = ctx;
        ChannelOutboundBuffer out =
                context == null ? null : context.channel().unsafe().outboundBuffer();
        if (out != null) {
            if (heldBytes >= HIGH_BYTES) {
                out.setUserDefinedWritability(1, false);
            } else if (heldBytes < LOW_BYTES) {
                out.setUserDefinedWritability(1, true);
            }
        }
    }
}
