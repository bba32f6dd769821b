package io.millrace.bench;

import io.netty.channel.ChannelHandler;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The chunks of one write, packed and unpacked. */
public abstract class CompressionBenchmark extends NanosPerOperation {
    @Param({"text", "random"})
    String content = "text";

    @Param({"1024", "32768"})
    int bytes = 32_768;

    private final CodecChannels ours;

    CompressionBenchmark(ChannelHandler encoder, ChannelHandler decoder) {
        ours = new CodecChannels(encoder, decoder);
    }

    /** Makes the content and starts all streams. */
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
        start(data);
    }

    void start(byte[] data) {
        ours.fill(data);
    }

    /** Plain bytes to chunks. */
    @Benchmark
    public int encode() {
        return ours.encode();
    }

    /** Chunks to plain bytes, checksums verified. */
    @Benchmark
    public int decode() {
        return ours.decode();
    }
}
