package io.millrace.smux;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream's handler that remembers all it hears. */
final class Recorder extends ChannelInboundHandlerAdapter {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<String> events = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();
    int reads;
    int readCompletes;
    boolean autoRead = true;

    @Nullable
    SmuxStreamChannel channel;

    SmuxStreamChannel stream() {
        SmuxStreamChannel stream = channel;
        if (stream == null) {
            throw new AssertionError("no stream");
        }
        return stream;
    }

    String text() {
        return bytes.toString(StandardCharsets.US_ASCII);
    }

    boolean isInputEnded() {
        return events.contains("inputShutdown");
    }

    boolean isInactive() {
        return events.contains("inactive");
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = (SmuxStreamChannel) ctx.channel();
        ctx.channel().config().setAutoRead(autoRead);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        events.add("active");
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        events.add("inactive");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        ByteBuf data = (ByteBuf) msg;
        try {
            reads++;
            data.readBytes(bytes, data.readableBytes());
        } finally {
            data.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readCompletes++;
        ctx.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            events.add("inputShutdown");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        events.add("error");
        errors.add(cause);
    }
}
