package io.millrace.kcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.wire.PacketBurst;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatagramSenderTest {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    static {
        Epoll.ensureAvailability(); // its native errors are built from tables of the library
    }

    private final DatagramCounters counters = new DatagramCounters();
    private final List<String> events = new ArrayList<>();
    private final KcpListener listener = new KcpListener() {
        @Override
        public void segmentationOff(Throwable cause) {
            events.add("segmentation off");
        }

        @Override
        public void sendFailed(InetSocketAddress recipient, Throwable cause) {
            events.add("send failed");
        }
    };

    /** Packet i is filled with the byte i + 1. */
    private static PacketBurst burst(int... lengths) {
        PacketBurst burst = new PacketBurst(64, 1500);
        for (int i = 0; i < lengths.length; i++) {
            int at = burst.begin();
            Arrays.fill(burst.bytes(), at, at + lengths[i], (byte) (i + 1));
            burst.commit(lengths[i]);
        }
        return burst;
    }

    /** What left the channel, as "segmentSize:bytes" or ":bytes". */
    private static List<String> written(EmbeddedChannel channel) {
        List<String> written = new ArrayList<>();
        for (DatagramPacket p = channel.readOutbound(); p != null; p = channel.readOutbound()) {
            String size =
                    p instanceof SegmentedDatagramPacket segmented ? Integer.toString(segmented.segmentSize()) : "";
            written.add(size + ":" + p.content().readableBytes());
            p.release();
        }
        return written;
    }

    @Test
    void shouldSendPacketsOfOneSizeAsOneSegmentedDatagramWhoseLastMayBeShorter() {
        EmbeddedChannel channel = new EmbeddedChannel();
        new DatagramSender(channel, true, counters, listener).write(burst(50, 100, 100, 100, 60, 60, 70, 24), PEER);
        channel.flushOutbound();
        assertThat(written(channel)).containsExactly(":50", "100:360", ":60", "70:94");
        channel.finish();
    }

    @Test
    void shouldSendEachPacketAloneWithoutSegmentation() {
        EmbeddedChannel channel = new EmbeddedChannel();
        new DatagramSender(channel, false, counters, listener).write(burst(100, 100, 40), PEER);
        channel.flushOutbound();
        assertThat(written(channel)).containsExactly(":100", ":100", ":40");
        channel.finish();
    }

    @Test
    void shouldKeepEveryDatagramWithinWhatTheKernelTakes() {
        int[] lengths = new int[DatagramSender.burstPackets(1350)];
        Arrays.fill(lengths, 1350);
        EmbeddedChannel channel = new EmbeddedChannel();
        new DatagramSender(channel, true, counters, listener).write(burst(lengths), PEER);
        channel.flushOutbound();
        assertThat(lengths.length * 1350).isLessThanOrEqualTo(DatagramSender.MAX_BYTES);
        assertThat(written(channel)).containsExactly("1350:" + lengths.length * 1350);

        int[] many = new int[64];
        Arrays.fill(many, 1500);
        new DatagramSender(channel, true, counters, listener).write(burst(many), PEER);
        channel.flushOutbound();
        assertThat(written(channel)).containsExactly("1500:" + 43 * 1500, "1500:" + 21 * 1500);
        channel.finish();
    }

    @Test
    void shouldSendTheBurstAgainPacketByPacketWhenTheKernelRefusesSegmentation() {
        for (int errno : new int[] {5, 22, 90}) {
            events.clear();
            EmbeddedChannel channel = new EmbeddedChannel(new FailSegmented(new NativeIoException("sendmmsg", -errno)));
            DatagramSender sender = new DatagramSender(channel, true, counters, listener);
            sender.write(burst(100, 100, 40), PEER);
            channel.flushOutbound();
            List<String> contents = new ArrayList<>();
            for (DatagramPacket p = channel.readOutbound(); p != null; p = channel.readOutbound()) {
                contents.add(ByteBufUtil.hexDump(p.content(), 0, 1) + "x"
                        + p.content().readableBytes());
                p.release();
            }
            assertThat(contents).containsExactly("01x100", "02x100", "03x40");
            assertThat(events).containsExactly("segmentation off");

            sender.write(burst(100, 100), PEER);
            channel.flushOutbound();
            assertThat(written(channel)).containsExactly(":100", ":100");
            channel.finish();
        }
    }

    @Test
    void shouldKeepSegmentationAfterOtherFailures() {
        EmbeddedChannel channel = new EmbeddedChannel(new FailSegmented(new IOException("network is unreachable")));
        DatagramSender sender = new DatagramSender(channel, true, counters, listener);
        sender.write(burst(100, 100), PEER);
        channel.flushOutbound();
        assertThat(written(channel)).isEmpty();
        assertThat(events).containsExactly("send failed");
        assertThat(counters.sendFailures()).isEqualTo(1);
        channel.finish();
    }

    private static final class FailSegmented extends ChannelOutboundHandlerAdapter {
        private final Exception failure;

        FailSegmented(Exception failure) {
            this.failure = failure;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (message instanceof SegmentedDatagramPacket) {
                ReferenceCountUtil.release(message);
                promise.setFailure(failure);
            } else {
                ctx.write(message, promise);
            }
        }
    }
}
