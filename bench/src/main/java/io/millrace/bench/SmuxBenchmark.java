package io.millrace.bench;

import io.millrace.smux.SmuxConfig;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.millrace.smux.SmuxStreamChannel;
import io.millrace.smux.core.FrameDecoder;
import io.millrace.smux.core.FrameHeader;
import io.millrace.smux.core.ReadyRing;
import io.millrace.smux.core.SendScheduler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteOrder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Frames into bytes and back, per frame; beside Netty's frame decoder. */
public class SmuxBenchmark extends NanosPerOperation {
    private static final int FRAMES = 32;
    private static final int STREAMS = 8;
    private static final int VERSION = 1; // no window to be fed by a peer

    @Param({"100", "8192"})
    int payloadBytes = 8192;

    private ByteBuf frames = Unpooled.EMPTY_BUFFER;
    private final Counter counter = new Counter();
    private final FrameDecoder decoder = new FrameDecoder(VERSION, counter);
    private final NettyDecoder netty = new NettyDecoder();
    private final SendScheduler<Integer> scheduler = new SendScheduler<>();
    private final ReadyRing.Node<?>[] nodes = new ReadyRing.Node<?>[STREAMS];
    private final EmbeddedChannel transport = new EmbeddedChannel();
    private SmuxStreamChannel stream = open();
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;

    /** Passes over data. */
    private static final class Counter implements FrameDecoder.Sink {
        private long bytes;

        @Override
        public boolean mayStartFrame() {
            return true;
        }

        @Override
        public void onSyn(int streamId) {}

        @Override
        public void onFin(int streamId) {}

        @Override
        public void onNop(int streamId) {}

        @Override
        public void onUpdate(int streamId, int consumed, int window) {}

        @Override
        public void onPush(int streamId, int lengthBytes) {}

        @Override
        public void onData(ByteBuf in, int lengthBytes) {
            in.skipBytes(lengthBytes);
            bytes += lengthBytes;
        }
    }

    /** The same frames as a length at offset 2 says; without a channel, which its decoding does not use. */
    private static final class NettyDecoder extends LengthFieldBasedFrameDecoder {
        NettyDecoder() {
            super(ByteOrder.LITTLE_ENDIAN, 65_543, 2, 2, 4, 0, true);
        }

        @SuppressWarnings("NullAway") // the context is only passed on
        int decodeOne(ByteBuf in) throws Exception {
            ByteBuf frame = (ByteBuf) decode(null, in);
            int bytes = frame.readableBytes();
            frame.release();
            return bytes;
        }
    }

    private SmuxStreamChannel open() {
        SmuxSessionHandler session =
                SmuxSessionHandler.client(SmuxConfig.builder().version(VERSION).build(), SmuxSessionListener.NONE);
        transport.pipeline().addLast(session);
        var opened = session.openStream(new ChannelInboundHandlerAdapter());
        transport.runPendingTasks();
        return opened.getNow();
    }

    /** Makes frames of all streams in turn. */
    @Setup
    public void fill() {
        frames = Unpooled.directBuffer(FRAMES * (FrameHeader.BYTES + payloadBytes));
        for (int i = 0; i < FRAMES; i++) {
            frames.writeLongLE(FrameHeader.of(VERSION, FrameHeader.PSH, payloadBytes, 3 + 2 * (i % STREAMS)));
            frames.writeZero(payloadBytes);
        }
        payload = Unpooled.directBuffer(payloadBytes).writeZero(payloadBytes);
        for (int i = 0; i < STREAMS; i++) {
            nodes[i] = new ReadyRing.Node<>(i);
        }
    }

    /** Bytes to frames. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long decode() {
        frames.readerIndex(0);
        decoder.decode(frames);
        return counter.bytes;
    }

    /** Netty's frame decoder, for comparison. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public int nettyDecode() throws Exception {
        frames.readerIndex(0);
        int bytes = 0;
        while (frames.isReadable()) {
            bytes += netty.decodeOne(frames);
        }
        return bytes;
    }

    /** Which of the streams sends next. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    @SuppressWarnings("unchecked")
    public int schedule() {
        int sum = 0;
        for (int i = 0; i < FRAMES; i++) {
            scheduler.dataReady((ReadyRing.Node<Integer>) nodes[i % STREAMS]);
            if (scheduler.next(true) == SendScheduler.Turn.DATA) {
                sum += scheduler.stream();
            }
        }
        return sum;
    }

    /** Writes to a stream until they are bytes for the transport, through channels and scheduler; an embedded transport's cost included. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public int encode() {
        for (int i = 0; i < FRAMES; i++) {
            stream.write(payload.retainedDuplicate(), stream.voidPromise());
        }
        stream.flush();
        transport.runPendingTasks();
        int bytes = 0;
        for (ByteBuf out = transport.readOutbound(); out != null; out = transport.readOutbound()) {
            bytes += out.readableBytes();
            out.release();
        }
        return bytes;
    }
}
