package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.systemtests.ShortExchanges.FirstToClose;
import io.millrace.testkit.FreePorts;
import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.JavaProgram;
import io.millrace.testkit.Seeds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many connections that come and go, so that descriptors, ports and stream ids are used again and again while events of their former
 * owners are under way: not one is reset, cut or gets what is not its own, and nothing is left of them.
 */
@ExtendWith(NoBufferLeaks.class)
class ConnectionChurnIT {
    private static final int THREADS = 8;
    private static final int WARM_UP = 200;
    private static final int CONNECTIONS = 4000;
    private static final int CONNECTIONS_ELSEWHERE = 1600;
    private static final int CONNECTIONS_IN_THIS_JVM = 800;
    private static final int AT_ONCE = 6000;

    /** Runs both kinds of exchange through programs, and looks at what is left in those that are ours. */
    private static void churn(
            Seeds seeds, ShortExchanges target, SocketAddress entrance, int connections, List<JavaProgram> ours)
            throws Exception {
        churn(seeds.child("warm-up"), target, entrance, WARM_UP);
        Map<JavaProgram, Long> before = new LinkedHashMap<>();
        for (JavaProgram program : ours) {
            before.put(program, descriptors(program));
        }
        churn(seeds, target, entrance, connections);
        for (JavaProgram program : ours) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(descriptors(program)).isLessThanOrEqualTo(before.get(program)));
            assertThat(program.log()).doesNotContain("LEAK", "ERROR", "cannot", "\tat ");
        }
    }

    private static void churn(Seeds seeds, ShortExchanges target, SocketAddress entrance, int connections)
            throws Exception {
        for (FirstToClose first : FirstToClose.values()) {
            int before = target.served();
            assertThat(ShortExchanges.ask(seeds, entrance, THREADS, connections, first))
                    .as("%s closes first", first)
                    .isEmpty();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(target.served() - before).isEqualTo(connections));
        }
        assertThat(target.failures()).isEmpty();
    }

    private static long descriptors(JavaProgram program) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + program.pid() + "/fd"))) {
            return all.count();
        }
    }

    @Test
    void betweenTwoMillraces() {
        Seeds.run(4000, seeds -> {
            int udp = FreePorts.next();
            InetSocketAddress entrance = Programs.loopback(FreePorts.next());
            try (ShortExchanges target = new ShortExchanges();
                    JavaProgram server = Programs.startServer(udp, target.address(), "--quiet");
                    JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp), "--quiet")) {
                churn(seeds, target, entrance, CONNECTIONS, List.of(server, client));
            }
        });
    }

    @Test
    void betweenUnixSockets(@TempDir Path folder) {
        Seeds.run(4001, seeds -> {
            int udp = FreePorts.next();
            Path entrance = folder.resolve("entrance");
            Path exit = folder.resolve("exit");
            try (ShortExchanges target = new ShortExchanges(UnixDomainSocketAddress.of(exit));
                    JavaProgram server = Programs.server()
                            .args("--listen", "127.0.0.1:" + udp, "--target", exit.toString(), "--quiet")
                            .start();
                    JavaProgram client = Programs.client()
                            .args("--localaddr", entrance.toString(), "--remoteaddr", "127.0.0.1:" + udp, "--quiet")
                            .start()) {
                server.awaitUdpBound(udp, Programs.START_TIMEOUT_MS);
                client.awaitLine("listening on " + entrance, Programs.START_TIMEOUT_MS);
                churn(
                        seeds,
                        target,
                        UnixDomainSocketAddress.of(entrance),
                        CONNECTIONS_ELSEWHERE,
                        List.of(server, client));
            }
        });
    }

    @Test
    void toAKcptunServer() {
        Seeds.run(4002, seeds -> {
            InetSocketAddress entrance = Programs.loopback(FreePorts.next());
            try (ShortExchanges target = new ShortExchanges();
                    GoKcptun server = GoKcptun.server(target.address())
                            .key(TunnelCase.KEY)
                            .args("--smuxver", "2", "--quiet")
                            .start();
                    JavaProgram client =
                            Programs.startClient(entrance.getPort(), server.address(), "--smuxver", "2", "--quiet")) {
                churn(seeds, target, entrance, CONNECTIONS_ELSEWHERE, List.of(client));
            }
        });
    }

    @Test
    void fromAKcptunClient() {
        Seeds.run(4003, seeds -> {
            int udp = FreePorts.next();
            try (ShortExchanges target = new ShortExchanges();
                    JavaProgram server = Programs.startServer(udp, target.address(), "--quiet");
                    GoKcptun client = GoKcptun.client(Programs.loopback(udp))
                            .key(TunnelCase.KEY)
                            .args("--smuxver", "2", "--quiet")
                            .start()) {
                churn(seeds, target, client.address(), CONNECTIONS_ELSEWHERE, List.of(server));
            }
        });
    }

    /** With both ends in this JVM, where streams can be counted and leaked buffers are found. */
    @ParameterizedTest(name = "{0} closes first")
    @EnumSource
    void leaveNoStreamAndNoBuffer(FirstToClose first) {
        TunnelCase settings = new TunnelCase(Peers.JAVA_TO_JAVA, "aes", Shards.TEN_THREE, 2, true, "fast3");
        Seeds.run(4004, seeds -> {
            StreamLines lines = new StreamLines();
            try (ShortExchanges target = new ShortExchanges();
                    Tunnel tunnel = Tunnel.start(settings, target.address())) {
                assertThat(ShortExchanges.ask(seeds, tunnel.entrance(), THREADS, CONNECTIONS_IN_THIS_JVM, first))
                        .isEmpty();
                assertThat(target.failures()).isEmpty();
                lines.assertAllClosed(2 * CONNECTIONS_IN_THIS_JVM);
            }
        });
    }

    /** This JVM needs two descriptors for each, the programs one: more than 12,500 must be allowed (ulimit -Hn). */
    @Test
    void thousandsAtOnceInOneSession() {
        Seeds.run(6000, seeds -> {
            Map<String, Exchange> exchanges = new LinkedHashMap<>();
            for (int i = 0; i < AT_ONCE; i++) {
                String name = "connection " + i;
                exchanges.put(name, new Exchange(seeds.derive(name), 512, 512, 512));
            }
            int udp = FreePorts.next();
            int tcp = FreePorts.next();
            try (ExchangeServer target = new ExchangeServer(0, AT_ONCE);
                    JavaProgram server = Programs.startServer(udp, target.address(), "--quiet");
                    JavaProgram client = Programs.startClient(tcp, Programs.loopback(udp), "--quiet")) {
                long before = descriptors(server);
                new ExchangeClient(Programs.loopback(tcp)).runAll(exchanges);
                target.assertServed(AT_ONCE);
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(descriptors(server)).isLessThan(before + 10));
                assertThat(server.log() + client.log()).doesNotContain("LEAK", "ERROR", "cannot", "\tat ");
            }
        });
    }
}
