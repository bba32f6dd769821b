package io.millrace.bench;

import io.millrace.tunnel.compression.SnappyDecoder;
import io.millrace.tunnel.compression.SnappyEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.SnappyFrameDecoder;
import io.netty.handler.codec.compression.SnappyFrameEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Snappy frames of one write, ours beside Netty's; both in an embedded channel, whose cost is in the figures. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SnappyBenchmark {
    @Param({"text", "random"})
    String content = "text";

    @Param({"1024", "32768"})
    int bytes = 32_768;

    private ByteBuf plain = Unpooled.EMPTY_BUFFER;
    private ByteBuf packed = Unpooled.EMPTY_BUFFER;
    private final EmbeddedChannel encoder = new EmbeddedChannel(new SnappyEncoder());
    private final EmbeddedChannel nettyEncoder = new EmbeddedChannel(new SnappyFrameEncoder());
    private final EmbeddedChannel decoder = new EmbeddedChannel(new SnappyDecoder());
    private final EmbeddedChannel nettyDecoder = new EmbeddedChannel(new SnappyFrameDecoder(true));

    /** Makes the content, starts all streams, and keeps one chunk to be unpacked. */
    @Setup
    public void fill() {
        byte[] data = new byte[bytes];
        Random random = new Random(1);
        if (content.equals("random")) {
            random.nextBytes(data);
        } else {
            StringBuilder text = new StringBuilder();
            while (text.length() < bytes) {
                text.append("<tr><td class=\"n\">")
                        .append(random.nextInt(1000))
                        .append("</td><td>row ")
                        .append(text.length())
                        .append("</td></tr>\n");
            }
            System.arraycopy(text.toString().getBytes(StandardCharsets.US_ASCII), 0, data, 0, bytes);
        }
        plain = Unpooled.directBuffer(bytes).writeBytes(data);
        ByteBuf first = pack(encoder);
        unpackOnce(decoder, first);
        unpackOnce(nettyDecoder, first);
        first.release();
        packed = pack(encoder);
        pass(nettyEncoder, plain);
    }

    private ByteBuf pack(EmbeddedChannel channel) {
        channel.writeOutbound(plain.retainedDuplicate());
        ByteBuf all = Unpooled.directBuffer();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        return all;
    }

    private static void unpackOnce(EmbeddedChannel channel, ByteBuf chunk) {
        channel.writeInbound(chunk.retainedDuplicate());
        channel.releaseInbound();
    }

    private static int pass(EmbeddedChannel channel, ByteBuf message) {
        channel.writeOutbound(message.retainedDuplicate());
        int length = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            length += out.readableBytes();
            out.release();
        }
        return length;
    }

    private int unpack(EmbeddedChannel channel) {
        channel.writeInbound(packed.retainedDuplicate());
        int length = 0;
        for (ByteBuf in = channel.readInbound(); in != null; in = channel.readInbound()) {
            length += in.readableBytes();
            in.release();
        }
        if (length != bytes) {
            throw new IllegalStateException("unpacked " + length + " bytes of " + bytes);
        }
        return length;
    }

    /** Plain bytes to chunks. */
    @Benchmark
    public int encode() {
        return pass(encoder, plain);
    }

    /** Netty's, for comparison. */
    @Benchmark
    public int nettyEncode() {
        return pass(nettyEncoder, plain);
    }

    /** A chunk to plain bytes, checksum verified. */
    @Benchmark
    public int decode() {
        return unpack(decoder);
    }

    /** Netty's with checksums, for comparison. */
    @Benchmark
    public int nettyDecode() {
        return unpack(nettyDecoder);
    }
}
