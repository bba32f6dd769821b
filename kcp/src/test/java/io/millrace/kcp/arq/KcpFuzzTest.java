package io.millrace.kcp.arq;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Datagrams and operations in any order, found by a fuzzer ({@code JAZZER_FUZZ=1}); the committed seeds run with the
 * other tests.
 */
class KcpFuzzTest {
    private static final KcpConfig CONFIG = new KcpConfig(300, 16, 24, true, 10, 2, true, false);

    @FuzzTest(maxDuration = "2m")
    void datagramsAndOperations(FuzzedDataProvider input) {
        int start = input.consumeBoolean() ? 0 : -8;
        KcpTorment torment = new KcpTorment(CONFIG, start, start);
        while (input.remainingBytes() > 0) {
            if (input.consumeBoolean()) {
                torment.operate(input.consumeByte() & 0xff);
            } else {
                byte[] datagram = input.consumeBytes(input.consumeInt(0, 300));
                if (datagram.length >= 4 && input.consumeBoolean()) {
                    byte[] header = Packets.segment(KcpBench.CONV, 81, 0, 0, 0, 0, 0, KcpBench.NOTHING);
                    System.arraycopy(header, 0, datagram, 0, 4);
                }
                torment.input(datagram, input.consumeBoolean());
            }
        }
        torment.finish();
    }
}
