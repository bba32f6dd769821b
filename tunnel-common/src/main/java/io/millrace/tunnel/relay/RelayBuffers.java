package io.millrace.tunnel.relay;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;

/**
 * How much a relayed connection may hold. Netty's defaults come to 256 KiB for each, so that a thousand connections whose
 * tunnel is slower than their applications would take all the memory of a small machine; with these it is a quarter.
 */
public final class RelayBuffers {
    private static final int MIN_READ_BYTES = 64;
    private static final int FIRST_READ_BYTES = 2048;
    /** Two frames; also what a buffer takes that was made for more than came. */
    private static final int MAX_READ_BYTES = 16 * 1024;

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(8 * 1024, 16 * 1024);

    private RelayBuffers() {}

    /** Limits one end of a relay, a stream or a socket; before it is joined. */
    public static void limit(Channel channel) {
        ChannelConfig config = channel.config();
        config.setWriteBufferWaterMark(WATER_MARK);
        config.setRecvByteBufAllocator(newReceiveAllocator());
    }

    private static RecvByteBufAllocator newReceiveAllocator() {
        return new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES);
    }
}
