package io.millrace.tunnel.compression;

import io.millrace.tunnel.compression.SnappyFormatException.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Takes snappy chunks apart; every data chunk is passed on as one {@link ByteBuf} of 1 to 65536 bytes, checksum verified.
 *
 * <p>Holds at most one incomplete chunk (76498 bytes) beside what the last read brought. While the channel does not want
 * data (autoRead off and no {@code read()} asked for), complete chunks stay packed here: a small read can expand twenty
 * times.
 *
 * <p>The first error is final: one {@link SnappyFormatException} goes up the pipeline, then the channel is closed;
 * whatever follows is dropped.
 *
 * <p>spec: tunnel 5.1, 5.3
 */
public final class SnappyDecoder extends ChannelDuplexHandler {
    private @Nullable ByteBuf cumulation;
    private int skipBytes;
    private boolean started;
    private boolean failed;
    private boolean decoding;
    private boolean readWanted;
    private boolean producedInRead;

    /** A decoder at the start of its stream. */
    public SnappyDecoder() {}

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
        if (!failed && (cumulation != null || skipBytes > 0)) {
            fail(ctx, new SnappyFormatException(Reason.TRUNCATED, "the stream ended inside a chunk"));
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
                ByteBuf data = nextChunk(ctx, in);
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
        } catch (SnappyFormatException e) {
            fail(ctx, e);
        } finally {
            decoding = false;
        }
        return produced;
    }

    /** Consumes at most one chunk, or part of a skippable one; null if it yields no data or is not complete. */
    private @Nullable ByteBuf nextChunk(ChannelHandlerContext ctx, ByteBuf in) {
        if (skipBytes > 0) {
            int n = Math.min(skipBytes, in.readableBytes());
            in.skipBytes(n);
            skipBytes -= n;
            return null;
        }
        int start = in.readerIndex();
        if (!started && in.isReadable() && in.getUnsignedByte(start) != SnappyFrame.TYPE_IDENTIFIER) {
            throw new SnappyFormatException(
                    Reason.NO_IDENTIFIER,
                    String.format(
                            "the peer's stream starts with 0x%02x and not with the snappy identifier;"
                                    + " check that nocomp is the same at both ends",
                            in.getUnsignedByte(start)));
        }
        if (in.readableBytes() < SnappyFrame.HEADER_BYTES) {
            return null;
        }
        int type = in.getUnsignedByte(start);
        int bodyBytes = in.getUnsignedMediumLE(start + 1);
        if (bodyBytes > SnappyFrame.MAX_BODY_BYTES) {
            throw new SnappyFormatException(
                    Reason.CHUNK_TOO_LONG,
                    "a chunk of " + bodyBytes + " bytes, at most " + SnappyFrame.MAX_BODY_BYTES + " are allowed");
        }
        int body = start + SnappyFrame.HEADER_BYTES;
        switch (type) {
            case SnappyFrame.TYPE_IDENTIFIER -> {
                return identifier(in, body, bodyBytes);
            }
            case SnappyFrame.TYPE_COMPRESSED, SnappyFrame.TYPE_UNCOMPRESSED -> {
                return data(ctx, in, type, body, bodyBytes);
            }
            default -> {
                if (type < SnappyFrame.TYPE_FIRST_SKIPPABLE) {
                    throw new SnappyFormatException(
                            Reason.RESERVED_CHUNK, String.format("a chunk of the reserved type 0x%02x", type));
                }
                in.readerIndex(body);
                skipBytes = bodyBytes;
                return null;
            }
        }
    }

    private @Nullable ByteBuf identifier(ByteBuf in, int body, int bodyBytes) {
        byte[] expected = SnappyFrame.identifier();
        int expectedBytes = expected.length - SnappyFrame.HEADER_BYTES;
        if (bodyBytes != expectedBytes) {
            throw new SnappyFormatException(
                    Reason.BAD_IDENTIFIER,
                    "an identifier of " + bodyBytes + " bytes instead of " + expectedBytes
                            + (started ? "" : "; check that nocomp is the same at both ends"));
        }
        if (in.writerIndex() - body < bodyBytes) {
            return null;
        }
        for (int i = 0; i < expectedBytes; i++) {
            if (in.getByte(body + i) != expected[SnappyFrame.HEADER_BYTES + i]) {
                throw new SnappyFormatException(Reason.BAD_IDENTIFIER, "an identifier other than sNaPpY");
            }
        }
        in.readerIndex(body + bodyBytes);
        started = true;
        return null;
    }

    private static @Nullable ByteBuf data(ChannelHandlerContext ctx, ByteBuf in, int type, int body, int bodyBytes) {
        int packedBytes = bodyBytes - SnappyFrame.CHECKSUM_BYTES;
        if (packedBytes < 0) {
            throw new SnappyFormatException(
                    Reason.CHUNK_TOO_SHORT, "a data chunk of " + bodyBytes + " bytes has no room for its checksum");
        }
        boolean compressed = type == SnappyFrame.TYPE_COMPRESSED;
        if (!compressed && packedBytes > SnappyFrame.MAX_DATA_BYTES) {
            throw new SnappyFormatException(
                    Reason.DATA_TOO_LONG,
                    "an uncompressed chunk of " + packedBytes + " bytes, at most " + SnappyFrame.MAX_DATA_BYTES
                            + " are allowed");
        }
        if (in.writerIndex() - body < bodyBytes) {
            return null;
        }
        SnappyScratch scratch = SnappyScratch.get();
        int checksum = in.getIntLE(body);
        int packed = body + SnappyFrame.CHECKSUM_BYTES;
        int plainBytes = packedBytes;
        if (compressed) {
            in.getBytes(packed, scratch.block, 0, packedBytes);
            plainBytes = SnappyBlock.decompress(scratch.block, packedBytes, scratch.plain);
        } else {
            in.getBytes(packed, scratch.plain, 0, packedBytes);
        }
        int actual = SnappyFrame.maskedChecksum(scratch.crc, scratch.plain, 0, plainBytes);
        if (actual != checksum) {
            throw new SnappyFormatException(
                    Reason.BAD_CHECKSUM, String.format("checksum 0x%08x instead of 0x%08x", checksum, actual));
        }
        in.readerIndex(body + bodyBytes);
        if (plainBytes == 0) {
            return null;
        }
        if (!compressed) {
            return in.retainedSlice(packed, plainBytes);
        }
        return ctx.alloc().ioBuffer(plainBytes).writeBytes(scratch.plain, 0, plainBytes);
    }

    private void fail(ChannelHandlerContext ctx, SnappyFormatException cause) {
        failed = true;
        release();
        ctx.fireExceptionCaught(cause);
        ctx.close();
    }

    private void release() {
        ByteBuf held = cumulation;
        cumulation = null;
        skipBytes = 0;
        if (held != null) {
            held.release();
        }
    }
}
