package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.kcp.wire.PacketBurst;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ciphers allocate nothing per packet; GCM what the JCE takes, which is bounded here so that it does not grow unseen. */
class PacketAllocationTest {
    static Stream<Arguments> cases() {
        return Stream.concat(
                Stream.of(Arguments.of("aes", 1, 64), Arguments.of("aes", 3, 64)),
                PacketCiphers.names().stream()
                        .map(crypt -> Arguments.of(crypt, 20, crypt.equals("aes-128-gcm") ? 8192 : 64)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void allocatesLittle(String crypt, int packets, int mostBytes) {
        PacketCipher cipher = PacketCiphers.create(crypt, TunnelKey.derive("test"));
        PacketBurst burst = new PacketBurst(packets, 1400);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        run(cipher, burst, packets, 6000 / packets);
        long before = threads.getThreadAllocatedBytes(self);
        int opened = run(cipher, burst, packets, 2000 / packets);
        long bytes = threads.getThreadAllocatedBytes(self) - before;
        assertThat(opened).isEqualTo(2000 / packets * packets);
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
