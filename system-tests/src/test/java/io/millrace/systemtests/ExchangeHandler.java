package io.millrace.systemtests;

import io.millrace.testkit.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One end of an {@link Exchange}: sends its payload as fast as the socket takes it while it checks the peer's; when it has all
 * of that it sends the SHA-256 of what came, and expects the same of the peer. Nothing depends on half-close.
 */
final class ExchangeHandler extends ChannelInboundHandlerAdapter {
    private static final int SHA_256_BYTES = 32;

    private final Payload outgoing;
    private final Payload incoming;
    private final int writeBytes;
    private final Promise<Void> done;
    private final Payload.Verifier verifier;
    private final MessageDigest received = sha256();
    private final ByteBuf peersDigest = Unpooled.buffer(SHA_256_BYTES, SHA_256_BYTES);
    private final byte[] scratch;

    private byte[] chunk = new byte[0];
    private long sent;
    private boolean digestQueued;
    private boolean digestFlushed;

    /** @param done succeeds when both directions are complete and right; otherwise fails, at the latest when the connection ends */
    ExchangeHandler(Payload outgoing, Payload incoming, int writeBytes, Promise<Void> done) {
        this.outgoing = outgoing;
        this.incoming = incoming;
        this.writeBytes = writeBytes;
        this.done = done;
        this.verifier = incoming.verifier();
        this.scratch = new byte[writeBytes];
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        send(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        send(ctx);
    }

    private void send(ChannelHandlerContext ctx) {
        while (sent < outgoing.lengthBytes() && ctx.channel().isWritable()) {
            int length = (int) Math.min(writeBytes, outgoing.lengthBytes() - sent);
            outgoing.fill(sent, scratch, 0, length);
            sent += length;
            ctx.writeAndFlush(ctx.alloc().buffer(length).writeBytes(scratch, 0, length));
        }
        if (sent == outgoing.lengthBytes() && verifier.position() == incoming.lengthBytes() && !digestQueued) {
            digestQueued = true;
            ctx.writeAndFlush(Unpooled.wrappedBuffer(received.digest())).addListener(written -> {
                digestFlushed = written.isSuccess();
                finishIfComplete();
            });
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            long missing = incoming.lengthBytes() - verifier.position();
            int payloadBytes = (int) Math.min(missing, bytes.readableBytes());
            if (payloadBytes > 0) {
                if (chunk.length < payloadBytes) {
                    chunk = new byte[payloadBytes];
                }
                bytes.readBytes(chunk, 0, payloadBytes);
                verifier.accept(chunk, 0, payloadBytes);
                received.update(chunk, 0, payloadBytes);
            }
            if (bytes.isReadable()) {
                peersDigest.writeBytes(bytes); // fails when there is more than a digest
            }
            send(ctx);
            finishIfComplete();
        } catch (AssertionError | RuntimeException wrong) {
            fail(ctx, wrong);
        } finally {
            bytes.release();
        }
    }

    private void finishIfComplete() {
        if (done.isDone() || !digestFlushed || peersDigest.isWritable()) {
            return;
        }
        byte[] digest = peersDigest.array();
        if (Arrays.equals(digest, outgoing.sha256())) {
            done.trySuccess(null);
        } else {
            done.tryFailure(new AssertionError("the peer got bytes with SHA-256 "
                    + HexFormat.of().formatHex(digest) + ", sent were "
                    + HexFormat.of().formatHex(outgoing.sha256())));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(
                ctx,
                new IOException("connection ended; received " + verifier.position() + " of " + incoming.lengthBytes()
                        + " bytes and " + peersDigest.readableBytes() + " of the digest, sent " + sent + " of "
                        + outgoing.lengthBytes()));
    }

    private void fail(ChannelHandlerContext ctx, Throwable cause) {
        if (done.tryFailure(cause)) {
            ctx.close().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }
}
