package io.millrace.bench;

import io.millrace.config.QppGeneration;
import io.millrace.tunnel.qpp.QppCipher;
import io.millrace.tunnel.qpp.QppPads;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The permutation pad over one read of a socket (16 KiB); and making the pads, once in a program's life. */
public class QppBenchmark extends NanosPerOperation {
    private static final int READ_BYTES = 16 * 1024;
    private static final byte[] KEY = "it's a secrect".getBytes(StandardCharsets.US_ASCII);

    @Param({"7", "61", "1021"})
    int pads = 61;

    private final byte[] bytes = new byte[READ_BYTES];
    private QppCipher cipher = QppPads.derive(KEY, 1, QppGeneration.C).newCipher();

    /** Makes the pads. */
    @Setup
    public void makePads() {
        cipher = QppPads.derive(KEY, pads, QppGeneration.C).newCipher();
    }

    /** One direction. */
    @Benchmark
    public byte[] encrypt() {
        cipher.encrypt(bytes, 0, READ_BYTES);
        return bytes;
    }

    /** The other. */
    @Benchmark
    public byte[] decrypt() {
        cipher.decrypt(bytes, 0, READ_BYTES);
        return bytes;
    }

    /** At start. */
    @Benchmark
    public QppPads derive() {
        return QppPads.derive(KEY, pads, QppGeneration.C);
    }
}
