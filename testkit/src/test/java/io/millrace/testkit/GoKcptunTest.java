package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GoKcptunTest {
    private static final int WAIT_MS = 60_000;

    @Test
    void clientAndServerCarryData() throws IOException {
        Payload payload = new Payload(5, 2_000_000);
        try (EchoServer echo = new EchoServer();
                GoKcptun server = GoKcptun.server(echo.address()).key("k").start();
                GoKcptun client = GoKcptun.client(server.address()).key("k").start()) {
            assertThat(echo.accepted()).isZero(); // waiting for them leaves no trace
            new TcpProbe(client.address(), WAIT_MS).echo(payload);
            assertThat(server.awaitLine("stream opened", WAIT_MS)).contains("out: " + HostPort.format(echo.address()));
            assertThat(client.isAlive()).isTrue();
            assertThat(client.log()).contains("listening on:");
        }
    }

    @Test
    void theDifferentKeyReachesTheProgram() throws IOException {
        try (EchoServer echo = new EchoServer();
                GoKcptun server = GoKcptun.server(echo.address()).key("one").start();
                GoKcptun client = GoKcptun.client(server.address()).key("two").start()) {
            assertThatThrownBy(() -> new TcpProbe(client.address(), 1500).echo(new Payload(5, 10)))
                    .isInstanceOf(IOException.class);
            assertThat(echo.accepted()).isZero();
        }
    }

    @Test
    void theyCarryDataOverABadLink() throws IOException {
        LinkProfile bad = LinkProfile.builder()
                .delayMs(10)
                .jitterMs(3)
                .lossProbability(0.05)
                .duplicateProbability(0.01)
                .corruptProbability(0.01)
                .build();
        Payload payload = new Payload(6, 500_000);
        try (SourceServer source = new SourceServer(payload);
                GoKcptun server = GoKcptun.server(source.address())
                        .args("--mode", "fast3")
                        .start();
                LinkEmulator link = LinkEmulator.builder(server.address())
                        .profile(bad)
                        .seed(3)
                        .start();
                GoKcptun client =
                        GoKcptun.client(link.address()).args("--mode", "fast3").start()) {
            new TcpProbe(client.address(), WAIT_MS).source(payload);
            LinkCounters down = link.toClientCounters();
            assertThat(down.lost()).isGreaterThan(0);
            assertThat(down.corrupted()).isGreaterThan(0);
            assertThat(down.deliveredBytes()).isGreaterThan(payload.lengthBytes());
        }
    }

    @Test
    void aProgramThatEndsAtOnceIsAnErrorWithItsLog() {
        InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
        assertThatThrownBy(() -> GoKcptun.server(nowhere).args("--no-such-flag").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("kcptun-server ended with status")
                .hasMessageContaining("no-such-flag");
    }

    @Test
    void closeEndsTheProgramAndFreesThePort() {
        InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
        GoKcptun server = GoKcptun.server(nowhere).start();
        assertThat(ListeningPorts.isUdpBound(server.port())).isTrue();
        server.stop();
        assertThat(server.isAlive()).isFalse();
        assertThat(ListeningPorts.isUdpBound(server.port())).isFalse();
        GoKcptun again = GoKcptun.server(nowhere).port(server.port()).start();
        assertThat(again.port()).isEqualTo(server.port());
        again.kill();
        assertThat(again.isAlive()).isFalse();
    }
}
