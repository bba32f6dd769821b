package io.millrace.tunnel.qpp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.UnsupportedMessageTypeException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Encrypts what is written to a stream and decrypts what is read from it; nothing becomes longer or shorter. The bytes of a
 * message are changed in place, so they must be the message's own, as those of a socket's read are; read-only buffers are
 * copied. Anything but a {@link ByteBuf} cannot be written. spec: tunnel 6.5
 */
public final class QppHandler extends ChannelDuplexHandler {
    private static final int SCRATCH_BYTES = 8192;

    private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[SCRATCH_BYTES];
        }
    };

    private final QppCipher outbound;
    private final QppCipher inbound;

    /** A handler for a stream of which nothing was written or read yet. */
    public QppHandler(QppPads pads) {
        outbound = pads.newCipher();
        inbound = pads.newCipher();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            ByteBuf own = writable(ctx, bytes);
            apply(own, outbound, true);
            ctx.write(own, promise);
        } else {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new UnsupportedMessageTypeException(message, ByteBuf.class));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            ByteBuf own = writable(ctx, bytes);
            apply(own, inbound, false);
            ctx.fireChannelRead(own);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private static ByteBuf writable(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (!bytes.isReadOnly()) {
            return bytes;
        }
        try {
            return ctx.alloc().buffer(bytes.readableBytes()).writeBytes(bytes);
        } finally {
            bytes.release();
        }
    }

    private static void apply(ByteBuf bytes, QppCipher cipher, boolean encrypt) {
        int length = bytes.readableBytes();
        if (bytes.hasArray()) {
            apply(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), length, cipher, encrypt);
            return;
        }
        byte[] scratch = SCRATCH.get();
        for (int done = 0; done < length; done += SCRATCH_BYTES) {
            int part = Math.min(SCRATCH_BYTES, length - done);
            int at = bytes.readerIndex() + done;
            bytes.getBytes(at, scratch, 0, part);
            apply(scratch, 0, part, cipher, encrypt);
            bytes.setBytes(at, scratch, 0, part);
        }
    }

    private static void apply(byte[] bytes, int offset, int length, QppCipher cipher, boolean encrypt) {
        if (encrypt) {
            cipher.encrypt(bytes, offset, length);
        } else {
            cipher.decrypt(bytes, offset, length);
        }
    }
}
