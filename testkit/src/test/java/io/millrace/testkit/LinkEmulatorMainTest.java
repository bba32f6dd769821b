package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkEmulatorMainTest {
    private static final long WAIT_MS = 30_000;

    private static JavaProgram start(String... args) {
        return JavaProgram.mainClass(LinkEmulatorMain.class)
                .jvmFlags("-Xmx128m")
                .args(args)
                .start();
    }

    @Test
    void relaysAndReportsItsCountersWhenItIsEnded() throws IOException {
        int port = FreePorts.next();
        try (UdpPeer client = new UdpPeer();
                UdpPeer target = new UdpPeer();
                JavaProgram program = start(
                        "--listen", "127.0.0.1:" + port, "--target", HostPort.format(target.address()), "--seed=9")) {
            String banner = program.awaitLine("link-emulator: ", WAIT_MS);
            assertThat(banner)
                    .isEqualTo("link-emulator: 127.0.0.1:" + port + " -> " + HostPort.format(target.address())
                            + ", seed 9");
            client.send(UdpPeer.numbered(5, 20), new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            assertThat(target.receiveNumber()).isEqualTo(5);
            program.stop();
            assertThat(program.isAlive()).isFalse();
            assertThat(program.log().lines().toList())
                    .hasSize(2)
                    .last()
                    .asString()
                    .startsWith(
                            "{\"toTarget\":{\"sent\":1,\"sentBytes\":20,\"delivered\":1,\"deliveredBytes\":20,\"lost\":0,")
                    .endsWith("\"inFlight\":0}}");
        }
    }

    @Test
    void reportsPeriodicallyWhenAsked() {
        try (JavaProgram program =
                start("--listen", "127.0.0.1:0", "--target", "127.0.0.1:9", "--report-every-s", "1")) {
            assertThat(program.awaitLine("toTarget", WAIT_MS)).contains("\"sent\":0");
        }
    }

    @Test
    void badInputIsOneLineAndStatus2() throws IOException {
        try (JavaProgram program = start("--listen", "127.0.0.1:0", "--target", "127.0.0.1:9", "--loss", "3")) {
            assertThat(program.awaitExit(WAIT_MS)).isEqualTo(2);
            assertThat(program.log()).isEqualTo("link-emulator: --loss: lossProbability is 3.0, must be 0 to 1");
        }
        try (UdpPeer taken = new UdpPeer();
                JavaProgram program = start("--listen", HostPort.format(taken.address()), "--target", "127.0.0.1:9")) {
            assertThat(program.awaitExit(WAIT_MS)).isEqualTo(2);
            assertThat(program.log().lines()).hasSize(1);
            assertThat(program.log()).contains("--listen").contains("cannot be bound");
        }
    }

    @Test
    void helpShowsTheUsage() {
        try (JavaProgram program = start("--help")) {
            assertThat(program.awaitExit(WAIT_MS)).isZero();
            assertThat(program.log() + "\n").isEqualTo(EmulatorFlags.USAGE);
        }
    }
}
