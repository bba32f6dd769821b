package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.kcp.wire.PacketBurst;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ciphers allocate nothing per packet; GCM what the JCE takes, which is bounded here so that it does not grow unseen. */
class PacketAllocationTest {
    @ParameterizedTest
    @CsvSource({"aes, 1, 64", "aes, 3, 64", "aes, 20, 64", "none, 20, 64", "null, 20, 64", "aes-128-gcm, 20, 8192"})
    void allocatesLittle(String crypt, int packets, int mostBytes) {
        PacketCipher cipher = PacketCiphers.create(crypt, TunnelKey.derive("test"));
        PacketBurst burst = new PacketBurst(packets, 1400);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        run(cipher, burst, packets, 20_000 / packets);
        long before = threads.getThreadAllocatedBytes(self);
        int opened = run(cipher, burst, packets, 5000 / packets);
        long bytes = threads.getThreadAllocatedBytes(self) - before;
        assertThat(opened).isEqualTo(5000 / packets * packets);
        assertThat(bytes / (double) opened).as("bytes allocated per packet").isLessThan(mostBytes);
    }

    private static int run(PacketCipher cipher, PacketBurst burst, int packets, int rounds) {
        int opened = 0;
        for (int round = 0; round < rounds; round++) {
            burst.clear();
            for (int i = 0; i < packets; i++) {
                burst.begin();
                burst.commit(1350);
            }
            cipher.seal(burst);
            for (int i = 0; i < packets; i++) {
                if (cipher.open(burst.bytes(), burst.offset(i), 1350) >= 0) {
                    opened++;
                }
            }
        }
        return opened;
    }
}
