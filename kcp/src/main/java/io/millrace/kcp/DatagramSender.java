package io.millrace.kcp;

import io.millrace.kcp.wire.PacketBurst;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;

/**
 * Hands bursts of sealed packets to a datagram channel. Packets of one size that follow each other leave as one
 * segmented datagram where the kernel can cut it (UDP_SEGMENT; the last may be shorter). If the kernel refuses that at
 * run time, it is switched off and the burst goes out again, packet by packet.
 */
final class DatagramSender {
    /** Most packets in one segmented datagram, the kernel's limit. */
    static final int MAX_SEGMENTS = 64;
    /** Most bytes in one segmented datagram, the largest UDP payload over IPv4. */
    static final int MAX_BYTES = 65_507;

    private static final int EIO = 5;
    private static final int EINVAL = 22;
    private static final int EMSGSIZE = 90;

    private final Channel channel;
    private final DatagramCounters counters;
    private final KcpListener listener;
    private boolean segmentation;

    DatagramSender(Channel channel, boolean segmentation, DatagramCounters counters, KcpListener listener) {
        this.channel = channel;
        this.segmentation = segmentation;
        this.counters = counters;
        this.listener = listener;
    }

    /** Whether the channel's transport and the kernel take segmented datagrams, as far as one can know beforehand. */
    static boolean canSegment(Channel channel) {
        return channel instanceof EpollDatagramChannel && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    /** How many packets of at most {@code packetBytes} a burst should hold. */
    static int burstPackets(int packetBytes) {
        return Math.min(MAX_SEGMENTS, MAX_BYTES / packetBytes);
    }

    /** Writes all packets of a burst, without flushing the channel. */
    void write(PacketBurst burst, InetSocketAddress recipient) {
        int first = 0;
        while (first < burst.count()) {
            int last = segmentation ? endOfRun(burst, first) : first + 1;
            int segmentBytes = burst.length(first);
            int runBytes = burst.offset(last - 1) + burst.length(last - 1) - burst.offset(first);
            ByteBuf content = channel.alloc().directBuffer(runBytes);
            content.writeBytes(burst.bytes(), burst.offset(first), runBytes);
            if (last - first > 1) {
                writeSegmented(content, segmentBytes, recipient);
            } else {
                writeSingle(content, recipient);
            }
            first = last;
        }
    }

    /** One past the last packet that can share a segmented datagram with the packet {@code first}. */
    private static int endOfRun(PacketBurst burst, int first) {
        int segmentBytes = burst.length(first);
        int bytes = segmentBytes;
        int end = first + 1;
        while (end < burst.count()
                && end - first < MAX_SEGMENTS
                && bytes + burst.length(end) <= MAX_BYTES
                && burst.length(end) <= segmentBytes) {
            bytes += burst.length(end);
            end++;
            if (burst.length(end - 1) < segmentBytes) {
                break; // only the last may be shorter
            }
        }
        return end;
    }

    private void writeSingle(ByteBuf content, InetSocketAddress recipient) {
        // The void promise sends failures through the pipeline, to the handler that counts them.
        channel.write(new DatagramPacket(content, recipient), channel.voidPromise());
    }

    private void writeSegmented(ByteBuf content, int segmentBytes, InetSocketAddress recipient) {
        ByteBuf kept = content.retainedDuplicate();
        channel.write(new SegmentedDatagramPacket(content, segmentBytes, recipient))
                .addListener((ChannelFutureListener) future -> onSegmentedDone(future, kept, segmentBytes, recipient));
    }

    private void onSegmentedDone(ChannelFuture future, ByteBuf kept, int segmentBytes, InetSocketAddress recipient) {
        try {
            Throwable cause = future.cause();
            if (cause == null) {
                return;
            }
            counters.countSendFailure();
            if (refusesSegmentation(cause)) {
                if (segmentation) {
                    segmentation = false;
                    listener.segmentationOff(cause);
                }
                while (kept.isReadable()) {
                    writeSingle(kept.readRetainedSlice(Math.min(segmentBytes, kept.readableBytes())), recipient);
                }
                channel.flush();
            } else {
                listener.sendFailed(recipient, cause);
            }
        } finally {
            kept.release();
        }
    }

    private static boolean refusesSegmentation(Throwable cause) {
        if (!(cause instanceof NativeIoException nativeFailure)) {
            return false;
        }
        int errno = -nativeFailure.expectedErr();
        return errno == EIO || errno == EINVAL || errno == EMSGSIZE;
    }
}
