package io.millrace.smux;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannelConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a stream: Netty's usual ones, {@link ChannelOption#ALLOW_HALF_CLOSURE}, and {@link ChannelOption#SO_LINGER}, which
 * can be -1 (closing is orderly) or 0 (closing resets the stream).
 */
final class SmuxStreamConfig extends DefaultChannelConfig implements DuplexChannelConfig {
    private static final int ORDERLY = -1;

    private final SmuxStreamChannel stream;
    private volatile boolean allowHalfClosure;
    private volatile int lingerSeconds = ORDERLY;

    SmuxStreamConfig(SmuxStreamChannel stream, boolean allowHalfClosure) {
        super(stream);
        this.stream = stream;
        this.allowHalfClosure = allowHalfClosure;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), ChannelOption.ALLOW_HALF_CLOSURE, ChannelOption.SO_LINGER);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (ChannelOption.ALLOW_HALF_CLOSURE.equals(option)) {
            return (T) Boolean.valueOf(allowHalfClosure);
        }
        if (ChannelOption.SO_LINGER.equals(option)) {
            return (T) Integer.valueOf(lingerSeconds);
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (ChannelOption.ALLOW_HALF_CLOSURE.equals(option)) {
            validate(option, value);
            allowHalfClosure = (Boolean) value;
            return true;
        }
        if (ChannelOption.SO_LINGER.equals(option)) {
            validate(option, value);
            int seconds = (Integer) value;
            if (seconds != ORDERLY && seconds != 0) {
                throw new IllegalArgumentException("SO_LINGER " + seconds + " of a stream: must be -1 or 0");
            }
            lingerSeconds = seconds;
            return true;
        }
        return super.setOption(option, value);
    }

    boolean isResetOnClose() {
        return lingerSeconds == 0;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public SmuxStreamConfig setAllowHalfClosure(boolean allow) {
        allowHalfClosure = allow;
        return this;
    }

    @Override
    protected void autoReadCleared() {
        stream.cancelRead();
    }

    @Override
    @Deprecated
    public SmuxStreamConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public SmuxStreamConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public SmuxStreamConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public SmuxStreamConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public SmuxStreamConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public SmuxStreamConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public SmuxStreamConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public SmuxStreamConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }
}
