package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.JavaProgram;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets that are given by name. spec: tunnel 3.3 */
class TargetNamesIT {
    private final int udp = FreePorts.next();
    private final InetSocketAddress entrance = Programs.loopback(FreePorts.next());

    private JavaProgram server(Path hosts, String target) {
        JavaProgram server = Programs.server()
                .jvmFlags("-Djdk.net.hosts.file=" + hosts)
                .args("--listen", "127.0.0.1:" + udp, "--target", target)
                .start();
        server.awaitUdpBound(udp, Programs.START_TIMEOUT_MS);
        return server;
    }

    /** As "localhost" is IPv4 and IPv6, and a service often listens on one of them only. */
    @Test
    void theAddressesOfANameAreTriedInTurn(@TempDir Path folder) throws Exception {
        Path hosts = Files.writeString(
                folder.resolve("hosts"), "127.0.0.2 target.test\n127.0.0.3 target.test\n127.0.0.1 target.test\n");
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server =
                        server(hosts, "target.test:" + target.address().getPort());
                JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp))) {
            new ExchangeClient(entrance).runAll(Map.of("exchange", new Exchange(1, 100_000, 100_000, 999)));
            target.assertServed(1);
            assertThat(server.log()).contains("out: target.test:").doesNotContain("cannot connect");
            assertThat(client.isAlive()).isTrue();
        }
    }

    /** Java's own rule, half a minute, is too long for a target that moves when its container is restarted. */
    @Test
    void anAddressThatChangedIsUsedSoon(@TempDir Path folder) throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.2 target.test\n");
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server =
                        server(hosts, "target.test:" + target.address().getPort());
                JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp))) {
            ExchangeClient exchanges = new ExchangeClient(entrance);
            Map<String, Exchange> one = Map.of("exchange", new Exchange(1, 10_000, 10_000, 999));
            assertThatThrownBy(() -> exchanges.runAll(one)).isInstanceOf(AssertionError.class);
            Files.writeString(hosts, "127.0.0.1 target.test\n");
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> exchanges.runAll(one));
            assertThat(server.isAlive()).isTrue();
            assertThat(client.isAlive()).isTrue();
        }
    }

    @Test
    void aNameWithoutAnyAddressEndsTheConnection(@TempDir Path folder) throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 other.test\n");
        try (JavaProgram server = server(hosts, "target.test:7");
                JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp));
                Socket application = ApplicationSocket.connect(entrance)) {
            application.getOutputStream().write(1);
            assertThat(application.getInputStream().read()).isEqualTo(-1);
            server.awaitLine("target target.test:7 has no address, stream closed: .*target.test", 10_000);
            assertThat(server.log()).doesNotContain("\tat ");
            assertThat(client.isAlive()).isTrue();
        }
    }
}
