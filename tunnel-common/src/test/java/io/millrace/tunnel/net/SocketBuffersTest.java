package io.millrace.tunnel.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** spec: tunnel 10 */
class SocketBuffersTest {
    private static final int MIB = 1 << 20;

    @Test
    void namesWhatIsMissingAndTheSettingThatLimitsIt() {
        assertThat(SocketBuffers.shortfall(4 * MIB, 4 * MIB, 4 * MIB, true)).isEmpty();
        assertThat(SocketBuffers.shortfall(4 * MIB, 212_992, 4 * MIB, true))
                .contains(
                        "sockbuf 4194304: the kernel grants 212992 bytes to receive and 4194304 to send; bursts beyond"
                                + " that are lost; allow more with: sysctl -w net.core.rmem_max=4194304");
        assertThat(SocketBuffers.shortfall(4 * MIB, 212_992, 212_991, true).orElseThrow())
                .endsWith("sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304");
        assertThat(SocketBuffers.shortfall(4 * MIB, 4 * MIB, 1, false).orElseThrow())
                .doesNotContain("sysctl");
    }

    /** In the kernel's own words: it doubles what it grants, and that must not look like plenty. */
    @Test
    void asksTheKernel() throws Exception {
        assertThat(SocketBuffers.shortfall(65_536)).isEmpty();
        // Whole lines: the kernel gives a file of this kind in one read only.
        String most = Files.readAllLines(Path.of("/proc/sys/net/core/rmem_max")).get(0);
        assertThat(SocketBuffers.shortfall(Integer.MAX_VALUE).orElseThrow())
                .contains("sockbuf 2147483647: the kernel grants " + most + " bytes to receive")
                .contains("net.core.rmem_max=2147483647");
    }
}
