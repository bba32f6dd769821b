package io.millrace.tunnel.compression;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.UnsupportedMessageTypeException;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts outbound bytes into compressed chunks. Writes are collected until {@code flush()} and then share chunks of up to
 * 65536 bytes, so that many small frames cost one chunk; a full chunk is passed on without waiting for the flush, which
 * bounds what is held here to one chunk. The promise of a write completes when the chunk with its last byte was written.
 *
 * <p>Messages are {@link ByteBuf}s; anything else fails. Bytes not flushed when the channel closes fail with
 * {@link ClosedChannelException}, as in any Netty channel.
 */
abstract class ChunkEncoder extends ChannelOutboundHandlerAdapter {
    private final ArrayDeque<ByteBuf> buffers = new ArrayDeque<>();
    private final ArrayDeque<ChannelPromise> promises = new ArrayDeque<>();
    private int pendingBytes;
    private @Nullable Throwable failure;

    ChunkEncoder() {}

    /**
     * Makes the next chunk of the stream, with whatever the format puts before its first.
     *
     * @param scratch whose {@code plain} holds the data
     * @param length 1 to 65536
     */
    abstract ByteBuf encode(ByteBufAllocator allocator, CompressionScratch scratch, int length);

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new UnsupportedMessageTypeException(message, ByteBuf.class));
            return;
        }
        if (failure != null) {
            bytes.release();
            promise.tryFailure(failure);
            return;
        }
        if (!bytes.isReadable() && buffers.isEmpty()) {
            bytes.release();
            ctx.write(Unpooled.EMPTY_BUFFER, promise);
            return;
        }
        buffers.add(bytes);
        promises.add(promise);
        pendingBytes += bytes.readableBytes();
        while (pendingBytes >= CompressionScratch.MAX_DATA_BYTES) {
            writeChunk(ctx, CompressionScratch.MAX_DATA_BYTES);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        writePending(ctx);
        ctx.flush();
    }

    private void writePending(ChannelHandlerContext ctx) {
        if (!buffers.isEmpty()) {
            writeChunk(ctx, pendingBytes);
        }
    }

    /** Turns the first {@code length} pending bytes into one chunk and hands it on. */
    private void writeChunk(ChannelHandlerContext ctx, int length) {
        CompressionScratch scratch = CompressionScratch.get();
        ChannelPromise single = null;
        List<ChannelPromise> several = null;
        int filled = 0;
        // An empty buffer at the front belongs to what precedes it, so its promise goes with this chunk.
        while (!buffers.isEmpty() && (filled < length || !buffers.element().isReadable())) {
            ByteBuf head = buffers.element();
            int part = Math.min(head.readableBytes(), length - filled);
            head.readBytes(scratch.plain, filled, part);
            filled += part;
            if (head.isReadable()) {
                break;
            }
            buffers.remove().release();
            ChannelPromise promise = promises.remove();
            if (single == null) {
                single = promise;
            } else {
                if (several == null) {
                    several = new ArrayList<>();
                    several.add(single);
                }
                several.add(promise);
            }
        }
        pendingBytes -= length;
        ByteBuf chunk = length == 0 ? Unpooled.EMPTY_BUFFER : encode(ctx.alloc(), scratch, length);
        if (several != null) {
            ctx.write(chunk).addListener(new CompleteAll(several));
        } else if (single != null) {
            ctx.write(chunk, single);
        } else {
            ctx.write(chunk).addListener((ChannelFutureListener) this::onPartWritten);
        }
    }

    /** A chunk without the end of any write: if it is lost, so is the write it is part of and all that follow. */
    private void onPartWritten(ChannelFuture written) {
        Throwable cause = written.cause();
        if (cause != null) {
            fail(cause);
        }
    }

    private void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        while (!buffers.isEmpty()) {
            buffers.remove().release();
            promises.remove().tryFailure(cause);
        }
        pendingBytes = 0;
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        fail(new ClosedChannelException());
        ctx.close(promise);
    }

    @Override
    public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
        fail(new ClosedChannelException());
        ctx.disconnect(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        fail(new ClosedChannelException());
    }

    private record CompleteAll(List<ChannelPromise> promises) implements ChannelFutureListener {
        @Override
        public void operationComplete(ChannelFuture written) {
            Throwable cause = written.cause();
            for (ChannelPromise promise : promises) {
                if (cause == null) {
                    promise.trySuccess();
                } else {
                    promise.tryFailure(cause);
                }
            }
        }
    }
}
