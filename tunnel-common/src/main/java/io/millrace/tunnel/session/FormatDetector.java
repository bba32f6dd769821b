package io.millrace.tunnel.session;

import io.millrace.config.Compression;
import io.millrace.smux.SmuxSessionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a server session's pipeline until its first bytes have shown what the client speaks, then puts the layers for
 * that in its place. Nothing is sent before. A session that shows nothing in time, or what is not known, is closed.
 */
final class FormatDetector extends ChannelInboundHandlerAdapter {
    /** As long as a silent session lives anyway. */
    private static final long LIMIT_MS = TimeUnit.SECONDS.toMillis(30);

    /**
     * What is common to a server's sessions.
     *
     * @param own what the configuration says
     * @param strict whether a session must have it
     * @param smux makes the session handler of a version
     */
    record Rules(StreamFormat own, boolean strict, IntFunction<SmuxSessionHandler> smux, SessionLog log) {}

    private final Rules rules;
    /** Null while that is still to be found out. */
    private final @Nullable Compression compression;

    private @Nullable Future<?> limit;
    private boolean decided;

    FormatDetector(Rules rules, @Nullable Compression compression) {
        this.rules = rules;
        this.compression = compression;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        limit = ctx.executor().schedule(() -> giveUp(ctx), LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancelLimit();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancelLimit();
        ctx.fireChannelInactive();
    }

    private void cancelLimit() {
        Future<?> present = limit;
        if (present != null) {
            present.cancel(false);
        }
    }

    private void giveUp(ChannelHandlerContext ctx) {
        if (!decided) {
            decided = true;
            rules.log().noFormat(ctx.channel());
            ctx.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (decided || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        decided = true;
        int firstByte = bytes.getUnsignedByte(bytes.readerIndex());
        Compression found = compression == null ? StreamFormat.compression(firstByte) : Compression.NONE;
        if (found != null && found != Compression.NONE) {
            addAfter(ctx, found);
        } else if (StreamFormat.isSmuxVersion(firstByte)) {
            StreamFormat format = new StreamFormat(compression == null ? Compression.NONE : compression, firstByte);
            if (!accepts(format)) {
                rules.log().refused(ctx.channel(), format, rules.own());
                refuse(ctx, bytes);
                return;
            }
            rules.log().formatFound(ctx.channel(), format, rules.own());
            ctx.pipeline().addAfter(ctx.name(), null, rules.smux().apply(firstByte));
        } else {
            rules.log().unknownFormat(ctx.channel(), firstByte, compression);
            refuse(ctx, bytes);
            return;
        }
        ctx.fireChannelRead(bytes);
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    private boolean accepts(StreamFormat format) {
        return !rules.strict() || format.equals(rules.own());
    }

    private static void refuse(ChannelHandlerContext ctx, ByteBuf bytes) {
        bytes.release();
        ctx.close();
    }

    /** The layer of the compression, and above it another of these for what is inside. */
    private void addAfter(ChannelHandlerContext ctx, Compression found) {
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addAfter(ctx.name(), null, new FormatDetector(rules, found));
        pipeline.addAfter(ctx.name(), null, TunnelPipeline.encoder(found));
        pipeline.addAfter(ctx.name(), null, TunnelPipeline.decoder(found));
    }

    /** The stream could not be decompressed. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        decided = true;
        rules.log().badStream(ctx.channel(), cause);
        ctx.close();
    }
}
