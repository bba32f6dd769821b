package io.millrace.tunnel.relay;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.WriteBufferWaterMark;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much one end of a relayed connection, a stream or a socket, may hold. A few ends get ample room, so that a bulk
 * transfer moves in long runs of packets. The many share what is left of a small machine's memory: a thousand connections
 * whose tunnel is slower than their applications hold some 105 MiB, less than half of what Netty's defaults come to.
 */
public final class RelayBuffers {
    /** Ends with ample room at one time, those of 64 connections; together they hold 48 MiB, the water mark and a read each. */
    static final int AMPLE_ENDS = 128;

    private static final int MIN_READ_BYTES = 64;
    private static final int FIRST_READ_BYTES = 2048;

    private static final RelayBuffers AMPLE =
            new RelayBuffers(128 * 1024, new WriteBufferWaterMark(128 * 1024, 256 * 1024));
    /** Two frames; also what a buffer takes that was made for more than came. */
    private static final RelayBuffers SPARE =
            new RelayBuffers(16 * 1024, new WriteBufferWaterMark(8 * 1024, 16 * 1024));

    private static final AtomicInteger AMPLE_IN_USE = new AtomicInteger();

    private final int maxReadBytes;
    private final WriteBufferWaterMark waterMark;

    private RelayBuffers(int maxReadBytes, WriteBufferWaterMark waterMark) {
        this.maxReadBytes = maxReadBytes;
        this.waterMark = waterMark;
    }

    /** Limits one end of a relay for as long as it is open; before it is joined. Any thread. */
    public static void limit(Channel end) {
        if (AMPLE_IN_USE.incrementAndGet() <= AMPLE_ENDS) {
            end.closeFuture().addListener(closed -> AMPLE_IN_USE.decrementAndGet());
            AMPLE.apply(end.config());
        } else {
            AMPLE_IN_USE.decrementAndGet();
            SPARE.apply(end.config());
        }
    }

    private void apply(ChannelConfig config) {
        // Memory is used again at once, while the processor's cache has it; Netty's default takes new when many ends
        // hold some.
        config.setAllocator(PooledByteBufAllocator.DEFAULT);
        config.setWriteBufferWaterMark(waterMark);
        config.setRecvByteBufAllocator(
                new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, maxReadBytes));
    }
}
