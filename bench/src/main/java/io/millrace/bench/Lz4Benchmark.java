package io.millrace.bench;

import io.millrace.tunnel.compression.Lz4Decoder;
import io.millrace.tunnel.compression.Lz4Encoder;

/** LZ4 blocks; the same content as {@link SnappyBenchmark} has. */
public class Lz4Benchmark extends CompressionBenchmark {
    /** Made by JMH. */
    public Lz4Benchmark() {
        super(new Lz4Encoder(), new Lz4Decoder());
    }
}
