package io.millrace.smux;

import io.millrace.smux.core.FrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Lays frames out for the transport: headers, control frames and small payloads are gathered in one buffer, large payloads
 * follow as they are. One writer a session, used only while the session sends.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures of the transport come as exceptionCaught
final class FrameWriter {
    /** Payloads up to this size are copied behind their header. */
    static final int COPY_BYTES = 512;
    /** Capacity of a gathering buffer when more is to come. */
    private static final int GATHER_BYTES = 2048;

    private final ChannelHandlerContext ctx;
    private final int version;
    private @Nullable ByteBuf gathered;
    private int openFrameIndex;
    private boolean written;

    FrameWriter(ChannelHandlerContext ctx, int version) {
        this.ctx = ctx;
        this.version = version;
    }

    /** A frame without payload. */
    void control(int command, int streamId, boolean moreToCome) {
        room(FrameHeader.BYTES, moreToCome).writeLongLE(FrameHeader.of(version, command, 0, streamId));
    }

    /** An UPD frame. */
    void update(int streamId, int consumed, int window, boolean moreToCome) {
        room(FrameHeader.BYTES + FrameHeader.UPDATE_PAYLOAD_BYTES, moreToCome)
                .writeLongLE(FrameHeader.of(version, FrameHeader.UPD, FrameHeader.UPDATE_PAYLOAD_BYTES, streamId))
                .writeIntLE(consumed)
                .writeIntLE(window);
    }

    /** A data frame of one large payload, which is taken over. */
    void data(int streamId, ByteBuf payload) {
        room(FrameHeader.BYTES, false)
                .writeLongLE(FrameHeader.of(version, FrameHeader.PSH, payload.readableBytes(), streamId));
        emit();
        written = true;
        ctx.write(payload, ctx.voidPromise());
    }

    /** Begins a data frame of small payloads, of which the first has {@code firstBytes}. */
    void beginSmallData(int streamId, int firstBytes, boolean moreToCome) {
        ByteBuf buffer = room(FrameHeader.BYTES + firstBytes, moreToCome);
        openFrameIndex = buffer.writerIndex();
        buffer.writeLongLE(FrameHeader.of(version, FrameHeader.PSH, 0, streamId));
    }

    /** Whether {@code bytes} more fit into the frame begun. */
    boolean hasRoom(int bytes) {
        ByteBuf buffer = gathered;
        return buffer != null && buffer.writableBytes() >= bytes;
    }

    /** Copies a small payload into the frame begun, leaving its reader index alone. */
    void addSmallData(ByteBuf payload, int bytes) {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            buffer.writeBytes(payload, payload.readerIndex(), bytes);
        }
    }

    /** Ends the frame begun, whose payload is {@code bytes} in all. */
    void endSmallData(int bytes) {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            buffer.setShortLE(openFrameIndex + 2, bytes);
        }
    }

    /** Hands what is gathered to the transport; returns whether anything was written since the last call. */
    boolean finish() {
        emit();
        boolean any = written;
        written = false;
        return any;
    }

    /** Drops what is gathered. */
    void discard() {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            gathered = null;
            buffer.release();
        }
    }

    private ByteBuf room(int bytes, boolean moreToCome) {
        ByteBuf buffer = gathered;
        if (buffer != null && buffer.writableBytes() >= bytes) {
            return buffer;
        }
        emit();
        int capacity = moreToCome ? Math.max(bytes, GATHER_BYTES) : bytes;
        buffer = ctx.alloc().ioBuffer(capacity, capacity);
        gathered = buffer;
        return buffer;
    }

    private void emit() {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            gathered = null;
            written = true;
            ctx.write(buffer, ctx.voidPromise());
        }
    }
}
