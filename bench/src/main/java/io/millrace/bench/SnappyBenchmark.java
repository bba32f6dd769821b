package io.millrace.bench;

import io.millrace.tunnel.compression.SnappyDecoder;
import io.millrace.tunnel.compression.SnappyEncoder;
import io.netty.handler.codec.compression.SnappyFrameDecoder;
import io.netty.handler.codec.compression.SnappyFrameEncoder;
import org.openjdk.jmh.annotations.Benchmark;

/** Snappy frames, ours beside Netty's. */
public class SnappyBenchmark extends CompressionBenchmark {
    private final CodecChannels netty = new CodecChannels(new SnappyFrameEncoder(), new SnappyFrameDecoder(true));

    /** Made by JMH. */
    public SnappyBenchmark() {
        super(new SnappyEncoder(), new SnappyDecoder());
    }

    @Override
    void start(byte[] data) {
        super.start(data);
        netty.fill(data);
    }

    /** Netty's, for comparison. */
    @Benchmark
    public int nettyEncode() {
        return netty.encode();
    }

    /** Netty's with checksums, for comparison. */
    @Benchmark
    public int nettyDecode() {
        return netty.decode();
    }
}
