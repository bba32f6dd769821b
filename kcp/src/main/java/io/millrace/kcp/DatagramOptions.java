package io.millrace.kcp;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;

/**
 * Settings of the UDP socket under the sessions.
 *
 * @param socketBufferBytes wished size of the kernel's send and receive buffers; the kernel may grant less. 0 leaves
 *     its default
 * @param dscp differentiated services code point, 0..63
 */
public record DatagramOptions(int socketBufferBytes, int dscp) {
    /** The largest datagram, or what the kernel merges into one (UDP_GRO). */
    private static final int MERGED_RECEIVE_BYTES = 65_536;

    private static final int SINGLE_RECEIVE_BYTES = 2048;
    /** Datagrams taken in one batch before the sessions have their turn. */
    private static final int BATCH_DATAGRAMS = 128;
    /** What may wait for the socket before sessions stop making packets. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1 << 20, 4 << 20);

    /** Checks the ranges. */
    public DatagramOptions {
        if (socketBufferBytes < 0) {
            throw new IllegalArgumentException("socketBufferBytes " + socketBufferBytes + ": not negative");
        }
        if (dscp < 0 || dscp > 63) {
            throw new IllegalArgumentException("dscp " + dscp + ": allowed are 0..63");
        }
    }

    void apply(Bootstrap bootstrap, Class<? extends DatagramChannel> channelType) {
        bootstrap.option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
        // Of what is received in one piece, it hands out slices without garbage.
        bootstrap.option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT);
        if (socketBufferBytes > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, socketBufferBytes);
            bootstrap.option(ChannelOption.SO_SNDBUF, socketBufferBytes);
        }
        if (dscp > 0) {
            bootstrap.option(ChannelOption.IP_TOS, dscp << 2);
        }
        boolean merged = EpollDatagramChannel.class.isAssignableFrom(channelType);
        if (merged) {
            bootstrap.option(EpollChannelOption.UDP_GRO, true);
        }
        bootstrap.option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(merged ? MERGED_RECEIVE_BYTES : SINGLE_RECEIVE_BYTES)
                        .maxMessagesPerRead(BATCH_DATAGRAMS));
    }
}
