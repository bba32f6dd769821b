package io.millrace.bench;

import com.backblaze.erasure.ReedSolomon;
import io.millrace.kcp.fec.FecEncoder;
import io.millrace.kcp.fec.FecWorkspace;
import io.millrace.kcp.wire.FecHeader;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;

/** One group of 10 data packets of 1322 bytes with 3 parity packets. */
public class FecBenchmark extends NanosPerOperation {
    private static final int DATA = 10;
    private static final int PARITY = 3;
    private static final int KCP_BYTES = 1322;

    private final FecEncoder encoder = new FecEncoder(DATA, PARITY, 1500, new FecWorkspace());
    private final byte[] packet = new byte[FecHeader.BYTES + KCP_BYTES];
    private final byte[][] shards = new byte[DATA + PARITY][KCP_BYTES + FecHeader.SIZE_FIELD_BYTES];
    private final ReedSolomon backblaze = ReedSolomon.create(DATA, PARITY);

    /** Random packet contents. */
    public FecBenchmark() {
        new Random(1).nextBytes(packet);
        for (byte[] shard : shards) {
            new Random(2).nextBytes(shard);
        }
    }

    /** Headers, shards kept, parity computed and written. */
    @Benchmark
    public byte[] encodeGroup() {
        for (int i = 0; i < DATA; i++) {
            int due = encoder.encodeData(packet, 0, KCP_BYTES, 1);
            for (int p = 0; p < due; p++) {
                encoder.writeParity(p, packet, 0);
            }
        }
        return packet;
    }

    /** Backblaze's own loop on shards in place, for comparison. */
    @Benchmark
    public byte[][] backblazeEncode() {
        backblaze.encodeParity(shards, 0, shards[0].length);
        return shards;
    }
}
