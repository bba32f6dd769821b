package io.millrace.tunnel.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A duplex channel in memory whose transport can be told to take no bytes, and whose time is under control. */
final class EmbeddedDuplexChannel extends EmbeddedChannel implements DuplexChannel {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Queue<ByteBuf> unread = new ArrayDeque<>();
    private boolean full;
    private boolean inputShutdown;
    private boolean outputShutdown;

    private boolean resetOnClose;
    private @Nullable IOException writeFailure;
    /** Null while the superclass constructs. */
    private final @Nullable ChannelConfig socketConfig = new DefaultChannelConfig(this) {
        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            if (option.equals(ChannelOption.SO_LINGER)) {
                resetOnClose = value.equals(0);
                return true;
            }
            return super.setOption(option, value);
        }
    };

    EmbeddedDuplexChannel() {
        freezeTime();
    }

    /** Whether the transport takes bytes. */
    void full(boolean full) {
        this.full = full;
        if (!full) {
            flush();
        }
    }

    @Override
    public ChannelConfig config() {
        ChannelConfig present = socketConfig;
        return present == null ? super.config() : present;
    }

    /** Writes fail from now on. */
    void failWrites(IOException failure) {
        writeFailure = failure;
    }

    /** Whether closing resets the other side. */
    boolean isResetOnClose() {
        return resetOnClose;
    }

    /** What reached the transport so far. */
    byte[] written() {
        return written.toByteArray();
    }

    /** Bytes arrive; they are passed on as soon as the channel is read. */
    void receive(byte[] bytes) {
        unread.add(alloc().buffer(bytes.length).writeBytes(bytes));
        deliver();
    }

    /** The other side ends its direction. */
    void receiveEnd() {
        inputShutdown = true;
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }

    /** The other side closes. */
    void closeByPeer() {
        pipeline().close();
        runPendingTasks();
    }

    int unreadBuffers() {
        return unread.size();
    }

    private void deliver() {
        boolean any = false;
        while (config().isAutoRead() && !unread.isEmpty()) {
            pipeline().fireChannelRead(unread.remove());
            any = true;
        }
        if (any) {
            pipeline().fireChannelReadComplete();
        }
    }

    @Override
    protected void doBeginRead() {
        if (unread != null) {
            deliver();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        IOException failure = writeFailure;
        if (failure != null) {
            throw failure;
        }
        while (!full) {
            Object message = in.current();
            if (message == null) {
                return;
            }
            if (message instanceof ByteBuf bytes) {
                written.writeBytes(ByteBufUtil.getBytes(bytes));
            }
            in.remove();
        }
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
    }

    @Override
    protected void doClose() throws Exception {
        unread.forEach(ReferenceCountUtil::release);
        unread.clear();
        super.doClose();
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutdown || !isOpen();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown || !isOpen();
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        inputShutdown = true;
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputShutdown = true;
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        inputShutdown = true;
        outputShutdown = true;
        return promise.setSuccess();
    }
}
