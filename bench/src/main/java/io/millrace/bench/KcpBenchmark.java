package io.millrace.bench;

import io.millrace.kcp.arq.Kcp;
import io.millrace.kcp.arq.Kcp.FlushMode;
import io.millrace.kcp.arq.Kcp.InputKind;
import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.arq.PacketSink;
import io.millrace.kcp.arq.SegmentPool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Two ends of the ARQ core with a wire that is a method call: cost per data packet of send, flush, input, read and the
 * acknowledgements back, with a given number of segments in flight.
 */
public class KcpBenchmark extends NanosPerOperation {
    private static final int BATCH = 32;
    private static final int MTU_BYTES = 1322;

    @Param({"256", "2048", "16384"})
    int window = 256;

    private final SegmentPool pool = new SegmentPool(65_536);
    private final ByteBuf source = Unpooled.directBuffer(BATCH * MTU_BYTES);
    private final ByteBuf target = Unpooled.directBuffer(4 * BATCH * MTU_BYTES);
    private final Wire toReceiver = new Wire();
    private final Wire toSender = new Wire();
    private Kcp sender = kcp(256);
    private Kcp receiver = kcp(256);
    private int nowMs;

    private Kcp kcp(int windowSegments) {
        return new Kcp(1, new KcpConfig(MTU_BYTES, windowSegments, windowSegments, true, 10, 2, false, false), pool, 0);
    }

    /** Delays packets by most of a window and hands them over from its buffer. */
    private static final class Wire implements PacketSink {
        private byte[][] packets = new byte[0][];
        private int[] lengths = new int[0];
        private int head;
        private int size;

        void resize(int capacity) {
            packets = new byte[capacity][MTU_BYTES];
            lengths = new int[capacity];
            head = 0;
            size = 0;
        }

        @Override
        public int beginPacket() {
            return 0;
        }

        @Override
        public byte[] array() {
            return packets[(head + size) % packets.length];
        }

        @Override
        public void endPacket(int bodyBytes) {
            lengths[(head + size) % packets.length] = bodyBytes;
            size++;
        }

        void deliver(Kcp to, int keep, int nowMs) {
            while (size > keep) {
                to.input(packets[head], 0, lengths[head], InputKind.DIRECT, nowMs);
                head = (head + 1) % packets.length;
                size--;
            }
        }
    }

    /** Fills the pipe. */
    @Setup
    public void fill() {
        sender = kcp(window);
        receiver = kcp(window);
        toReceiver.resize(2 * window);
        toSender.resize(2 * window);
        source.writerIndex(source.capacity());
    }

    /** One batch through; the figure is per packet. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int exchange() {
        nowMs++;
        source.readerIndex(0);
        sender.send(source, Math.min(BATCH * (MTU_BYTES - 24), sender.sendCapacityBytes()));
        sender.flush(FlushMode.FULL, nowMs, toReceiver);
        toReceiver.deliver(receiver, window - 2 * BATCH, nowMs);
        target.clear();
        receiver.read(target);
        receiver.flush(FlushMode.ACK_ONLY, nowMs, toSender);
        toSender.deliver(sender, 0, nowMs);
        return target.readableBytes();
    }
}
