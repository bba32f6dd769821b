package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** A session that has reached its size allocates nothing, whether packets are lost or not. */
class KcpAllocationTest {
    private static final int WARM_UP_ROUNDS = 4000;
    private static final int ROUNDS = 4000;

    /** Both ends in one loop: 8 segments a round, every {@code dropEvery}th packet lost. */
    private static final class Loop implements PacketSink {
        private final SegmentPool pool = new SegmentPool(4096);
        private final KcpConfig config = new KcpConfig(1322, 256, 256, true, 10, 2, false, true);
        private final Kcp sender = new Kcp(1, config, pool, 0);
        private final Kcp receiver = new Kcp(1, config, pool, 0);
        private final ByteBuf source = Unpooled.wrappedBuffer(new byte[8 * 1298]);
        private final ByteBuf target = Unpooled.buffer(64 * 1024, 64 * 1024);
        private final byte[] packet = new byte[1500];
        private final int dropEvery;
        private Kcp to = receiver;
        private long packets;
        private int nowMs;

        Loop(int dropEvery) {
            this.dropEvery = dropEvery;
        }

        @Override
        public int beginPacket() {
            return 100;
        }

        @Override
        public byte[] array() {
            return packet;
        }

        @Override
        public void endPacket(int bodyBytes) {
            packets++;
            if (packets % dropEvery != 0) {
                to.input(packet, 100, bodyBytes, Kcp.InputKind.DIRECT, nowMs);
            }
        }

        void run(int rounds) {
            for (int i = 0; i < rounds; i++) {
                nowMs += 3;
                source.readerIndex(0);
                sender.send(source, sender.sendCapacityBytes());
                to = receiver;
                sender.flush(Kcp.FlushMode.FULL, nowMs, this);
                receiver.read(target.clear());
                to = sender;
                nowMs += 3;
                receiver.flush(Kcp.FlushMode.FULL, nowMs, this);
            }
        }
    }

    private static void assertAllocatesNothing(int dropEvery) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        Loop loop = new Loop(dropEvery);
        loop.run(WARM_UP_ROUNDS);
        long packetsBefore = loop.packets;
        long bytesBefore = threads.getThreadAllocatedBytes(self);
        loop.run(ROUNDS);
        long bytes = threads.getThreadAllocatedBytes(self) - bytesBefore;
        long packets = loop.packets - packetsBefore;
        assertThat(packets).isGreaterThan(ROUNDS);
        assertThat(bytes / (double) packets).as("bytes allocated per packet").isLessThan(50);
        if (dropEvery < 1000) {
            assertThat(loop.sender.stats().fastRetransSegs).isPositive();
        }
    }

    @Test
    void aCleanPathAllocatesNothing() {
        assertAllocatesNothing(Integer.MAX_VALUE);
    }

    @Test
    void lossAllocatesNothing() {
        assertAllocatesNothing(13);
    }
}
