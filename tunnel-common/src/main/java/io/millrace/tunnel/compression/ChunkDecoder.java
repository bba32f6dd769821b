package io.millrace.tunnel.compression;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Takes compressed chunks apart; every data chunk is passed on as one {@link ByteBuf} of 1 to 65536 bytes, checksum
 * verified.
 *
 * <p>Holds at most one incomplete chunk beside what the last read brought. While the channel does not want data (autoRead
 * off and no {@code read()} asked for), complete chunks stay packed here: a small read can expand more than a hundred
 * times.
 *
 * <p>The first error is final: one {@link CompressionFormatException} goes up the pipeline, then the channel is closed;
 * whatever follows is dropped.
 */
abstract class ChunkDecoder extends ChannelDuplexHandler {
    private @Nullable ByteBuf cumulation;
    private boolean failed;
    private boolean decoding;
    private boolean readWanted;
    private boolean producedInRead;

    ChunkDecoder() {}

    /**
     * Consumes at most one chunk, or part of one that carries no data.
     *
     * @return its data, or null if it has none or is not complete
     * @throws CompressionFormatException if the bytes are not the format
     */
    abstract @Nullable ByteBuf nextChunk(ByteBufAllocator allocator, ByteBuf in);

    /** Whether what was consumed so far ends inside a chunk. */
    abstract boolean insideChunk();

    /** What is wrong with a stream that ends inside a chunk. */
    abstract CompressionFormatException truncated();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (failed) {
            ReferenceCountUtil.release(bytes);
            return;
        }
        ByteBuf held = cumulation;
        if (held != null && held.refCnt() == 1) { // no slice of it is in use
            held.discardSomeReadBytes(); // it may go on like this for ever, with never a moment when all is read
        }
        cumulation = held == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
        decode(ctx, false);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean produced = producedInRead;
        producedInRead = false;
        ctx.fireChannelReadComplete();
        if (!produced && readWanted && !ctx.channel().config().isAutoRead()) {
            // The read that was asked for brought no complete chunk yet.
            ctx.read();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        readWanted = true;
        if (!decoding && cumulation != null && decode(ctx, false) > 0) {
            producedInRead = false;
            ctx.fireChannelReadComplete();
            if (!ctx.channel().config().isAutoRead()) {
                return; // what was asked for was given
            }
        }
        ctx.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            onEnd(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        onEnd(ctx);
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        failed = true;
        release();
    }

    private void onEnd(ChannelHandlerContext ctx) {
        if (cumulation != null && decode(ctx, true) > 0) {
            ctx.fireChannelReadComplete();
        }
        if (!failed && (cumulation != null || insideChunk())) {
            fail(ctx, truncated());
        }
        failed = true;
        release();
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        failed = true;
        release();
        ctx.close(promise);
    }

    /** Decodes what is complete and wanted; returns how many buffers were passed on. */
    private int decode(ChannelHandlerContext ctx, boolean all) {
        if (decoding) {
            return 0;
        }
        decoding = true;
        int produced = 0;
        try {
            while (!failed
                    && cumulation != null
                    && (all || readWanted || ctx.channel().config().isAutoRead())) {
                ByteBuf in = cumulation;
                int before = in.readableBytes();
                ByteBuf data = nextChunk(ctx.alloc(), in);
                boolean advanced = in.readableBytes() != before;
                if (!in.isReadable()) {
                    release();
                }
                if (data != null) {
                    readWanted = false;
                    producedInRead = true;
                    produced++;
                    ctx.fireChannelRead(data);
                } else if (!advanced) {
                    break;
                }
            }
        } catch (CompressionFormatException e) {
            fail(ctx, e);
        } finally {
            decoding = false;
        }
        return produced;
    }

    private void fail(ChannelHandlerContext ctx, CompressionFormatException cause) {
        failed = true;
        release();
        ctx.fireExceptionCaught(cause);
        ctx.close();
    }

    private void release() {
        ByteBuf held = cumulation;
        cumulation = null;
        if (held != null) {
            held.release();
        }
    }
}
