package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void givesPortsThatCanBeBoundAndNeverTheSameTwice() throws IOException {
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            int port = FreePorts.next();
            assertThat(port).isBetween(10_000, 31_999);
            assertThat(seen.add(port)).isTrue();
            try (ServerSocket tcp = new ServerSocket(port);
                    DatagramSocket udp = new DatagramSocket(port)) {
                assertThat(tcp.getLocalPort()).isEqualTo(udp.getLocalPort());
            }
        }
    }

    @Test
    void givesPortsInARow() throws IOException {
        int before = FreePorts.next();
        try (DatagramSocket taken = new DatagramSocket(before + 2, InetAddress.getLoopbackAddress())) {
            int first = FreePorts.range(3);
            assertThat(first).isGreaterThan(taken.getLocalPort());
            assertThat(FreePorts.next()).isGreaterThan(first + 2);
            for (int port = first; port < first + 3; port++) {
                assertThat(ListeningPorts.isUdpBound(port)).isFalse();
            }
        }
    }

    @Test
    void skipsPortsThatAreTaken() throws IOException {
        int port = FreePorts.next();
        try (ServerSocket tcp = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(port + 2, InetAddress.getLoopbackAddress())) {
            assertThat(FreePorts.next()).isGreaterThan(port + 2);
            assertThat(ListeningPorts.isTcpListening(tcp.getLocalPort())).isTrue();
            assertThat(ListeningPorts.isUdpBound(tcp.getLocalPort())).isFalse();
            assertThat(ListeningPorts.isUdpBound(udp.getLocalPort())).isTrue();
            assertThat(ListeningPorts.isTcpListening(udp.getLocalPort())).isFalse();
        }
    }
}
