package io.millrace.bench;

import com.backblaze.erasure.ReedSolomon;
import io.millrace.kcp.fec.FecDecoder;
import io.millrace.kcp.fec.FecEncoder;
import io.millrace.kcp.fec.FecWorkspace;
import io.millrace.kcp.fec.RecoveredShards;
import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.LittleEndian;
import java.util.Arrays;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Bringing back the lost packets of one group of 10 data packets of 1322 bytes with 3 parity packets. */
public class FecRecoveryBenchmark extends NanosPerOperation {
    private static final int DATA = 10;
    private static final int PARITY = 3;
    private static final int KCP_BYTES = 1322;
    private static final int SHARD_BYTES = KCP_BYTES + FecHeader.SIZE_FIELD_BYTES;

    @Param({"0", "1", "2", "3"})
    int lost = 1;

    private final byte[][] packets = new byte[DATA + PARITY][];
    private final FecDecoder decoder = new FecDecoder(DATA, PARITY, new FecWorkspace());
    private final byte[][] shards = new byte[DATA + PARITY][SHARD_BYTES];
    private final boolean[] present = new boolean[DATA + PARITY];
    private final ReedSolomon backblaze = ReedSolomon.create(DATA, PARITY);
    private int firstSeqId;
    private int recoveredBytes;
    private final RecoveredShards sink = (bytes, offset, length) -> recoveredBytes += length;

    /** A group with all its packets, which confirms the decoder's numbers. */
    @Setup
    public void encode() {
        Random random = new Random(1);
        FecEncoder encoder = new FecEncoder(DATA, PARITY, 1500, new FecWorkspace());
        for (int i = 0; i < DATA; i++) {
            byte[] packet = new byte[FecHeader.BYTES + KCP_BYTES];
            random.nextBytes(packet);
            encoder.encodeData(packet, 0, KCP_BYTES, 1);
            packets[i] = packet;
        }
        for (int i = 0; i < PARITY; i++) {
            byte[] packet = new byte[FecHeader.SHARD + SHARD_BYTES];
            encoder.writeParity(i, packet, 0);
            packets[DATA + i] = packet;
        }
        encoder.close();
        for (int i = 0; i < packets.length; i++) {
            System.arraycopy(packets[i], FecHeader.SHARD, shards[i], 0, SHARD_BYTES);
        }
        receive(0);
        if (decoder.fecFullShards() != 1) {
            throw new IllegalStateException("the group was not taken");
        }
        if (lost > 0 && recover() != lost * KCP_BYTES) {
            throw new IllegalStateException("recovered " + recoveredBytes + " bytes");
        }
    }

    private void receive(int withoutFirst) {
        recoveredBytes = 0;
        for (int i = withoutFirst; i < packets.length; i++) {
            byte[] packet = packets[i];
            LittleEndian.putInt(packet, 0, firstSeqId + i);
            decoder.input(packet, 0, packet.length, sink);
        }
        firstSeqId += DATA + PARITY;
        if (firstSeqId < 0) {
            firstSeqId = 0; // the decoder takes the new ids after a window of them
        }
    }

    /** All packets of a group that came: kept, sorted in, decoded. Without loss: what keeping them costs. */
    @Benchmark
    public int recover() {
        receive(lost);
        return recoveredBytes;
    }

    /** Backblaze's own on shards in place, for comparison. */
    @Benchmark
    public byte[][] backblazeDecode() {
        Arrays.fill(present, true);
        Arrays.fill(present, 0, lost, false);
        backblaze.decodeMissing(shards, present, 0, SHARD_BYTES);
        return shards;
    }
}
