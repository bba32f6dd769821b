package io.millrace.kcp.fec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoder and decoder that have reached their size allocate nothing, whether packets are lost or not. */
class FecAllocationTest {
    private final FecWorkspace workspace = new FecWorkspace();
    private final FecEncoder encoder = new FecEncoder(10, 3, 1302, workspace);
    private final FecDecoder decoder = new FecDecoder(10, 3, workspace);
    private final byte[] packet = new byte[1400];
    private final int[] recovered = new int[1];
    private final RecoveredShards sink = (bytes, offset, length) -> recovered[0]++;
    private int packets;

    private void run(int groups, int dropEvery) {
        for (int i = 0; i < 10 * groups; i++) {
            int kcpBytes = i % 7 == 0 ? 24 : 1300;
            packet[30] = (byte) i;
            int due = encoder.encodeData(packet, 20, kcpBytes, 0);
            arrive(8 + kcpBytes, dropEvery);
            int parityBytes = encoder.parityPacketBytes();
            for (int r = 0; r < due; r++) {
                encoder.writeParity(r, packet, 20);
                arrive(parityBytes, dropEvery);
            }
        }
    }

    private void arrive(int bytes, int dropEvery) {
        packets++;
        if (packets % dropEvery != 0) {
            decoder.input(packet, 20, bytes, sink);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 11})
    void allocatesNothing(int dropEvery) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        run(2000, Integer.MAX_VALUE);
        run(2000, dropEvery);
        long before = threads.getThreadAllocatedBytes(self);
        int packetsBefore = packets;
        run(1000, dropEvery);
        long bytes = threads.getThreadAllocatedBytes(self) - before;
        assertThat(bytes / (double) (packets - packetsBefore))
                .as("bytes allocated per packet")
                .isLessThan(2);
        assertThat(recovered[0] > 0).isEqualTo(dropEvery == 11);
    }
}
