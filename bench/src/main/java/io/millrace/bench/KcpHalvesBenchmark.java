package io.millrace.bench;

import io.millrace.kcp.arq.Kcp;
import io.millrace.kcp.arq.Kcp.FlushMode;
import io.millrace.kcp.arq.Kcp.InputKind;
import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.arq.PacketSink;
import io.millrace.kcp.arq.SegmentPool;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** The sender's and the receiver's half of the ARQ core, each by itself with an ideal peer; the figures are per packet. */
public class KcpHalvesBenchmark extends NanosPerOperation {
    private static final int BATCH = 32;
    private static final int MTU_BYTES = 1322;
    private static final int PAYLOAD_BYTES = MTU_BYTES - KcpSegmentHeader.BYTES;
    private static final int WINDOW = 2048;
    private static final int CONV = 1;

    private final SegmentPool pool = new SegmentPool(4096);
    private final KcpConfig config = new KcpConfig(MTU_BYTES, WINDOW, WINDOW, true, 10, 2, false, false);
    private final Kcp sender = new Kcp(CONV, config, pool, 0);
    private final Kcp receiver = new Kcp(CONV, config, pool, 0);
    private final OnePacket out = new OnePacket();
    private final ByteBuf source = Unpooled.directBuffer(BATCH * MTU_BYTES);
    private final ByteBuf target = Unpooled.directBuffer(BATCH * MTU_BYTES);
    private final byte[] acknowledgement = new byte[KcpSegmentHeader.BYTES];
    private final byte[] push = new byte[MTU_BYTES];
    private int sent;
    private int received;
    private int nowMs;

    /** Fills the buffers. */
    public KcpHalvesBenchmark() {
        source.writerIndex(source.capacity());
    }

    /** Writes every packet to the same place. */
    private static final class OnePacket implements PacketSink {
        private final byte[] bytes = new byte[MTU_BYTES];
        private int packets;

        @Override
        public int beginPacket() {
            return 0;
        }

        @Override
        public byte[] array() {
            return bytes;
        }

        @Override
        public void endPacket(int bodyBytes) {
            packets++;
        }
    }

    /** {@code send}, {@code flush}, and one acknowledgement for the whole batch. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int sendAndFlush() {
        nowMs++;
        source.readerIndex(0);
        sender.send(source, BATCH * PAYLOAD_BYTES);
        sender.flush(FlushMode.FULL, nowMs, out);
        sent += BATCH;
        KcpSegmentHeader.write(acknowledgement, 0, CONV, KcpSegmentHeader.CMD_ACK, WINDOW, nowMs, sent - 1, sent, 0);
        sender.input(acknowledgement, 0, acknowledgement.length, InputKind.DIRECT, nowMs);
        return out.packets;
    }

    /** {@code input}, {@code read}, and the flush of the acknowledgements. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int inputAndRead() {
        nowMs++;
        for (int i = 0; i < BATCH; i++) {
            KcpSegmentHeader.write(
                    push, 0, CONV, KcpSegmentHeader.CMD_PUSH, WINDOW, nowMs, received++, 0, PAYLOAD_BYTES);
            receiver.input(push, 0, push.length, InputKind.DIRECT, nowMs);
        }
        target.clear();
        receiver.read(target);
        receiver.flush(FlushMode.ACK_ONLY, nowMs, out);
        return target.readableBytes();
    }
}
