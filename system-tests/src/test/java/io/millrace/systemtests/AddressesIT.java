package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.testkit.FreePorts;
import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import io.millrace.tunnel.client.TunnelClient;
import io.millrace.tunnel.server.TunnelServer;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Port ranges, IPv6 and wildcards. spec: tunnel 2.2, 9 */
@ExtendWith(NoBufferLeaks.class)
class AddressesIT {
    private static final Pattern SESSION = Pattern.compile("session opened: .*?:(\\d+) -> ");

    private static final Pattern STREAM = Pattern.compile("stream opened in: \\S+?:(\\d+)\\(");

    private static TunnelServer server(String listen, InetSocketAddress target) throws IOException {
        return TunnelServer.start(ServerCommand.config(
                "-listen", listen, "-target", HostPort.format(target), "-key", TunnelCase.KEY, "-smuxver", "1"));
    }

    private static TunnelClient client(String local, String remote, String... more) throws IOException {
        String[] flags = new String[8 + more.length];
        String[] own = {"-localaddr", local, "-remoteaddr", remote, "-key", TunnelCase.KEY, "-smuxver", "1"};
        System.arraycopy(own, 0, flags, 0, own.length);
        System.arraycopy(more, 0, flags, own.length, more.length);
        return TunnelClient.start(ClientCommand.config(flags));
    }

    private static Map<String, Exchange> exchanges(int count) {
        Map<String, Exchange> exchanges = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            exchanges.put("exchange " + i, new Exchange(i, 20_000, 20_000, 5000));
        }
        return exchanges;
    }

    @Test
    void sessionsAreSpreadOverTheServersPorts() throws Exception {
        int ports = 8;
        int sessions = 16;
        int first = FreePorts.range(ports);
        int last = first + ports - 1;
        int entrance = FreePorts.next();
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.server()
                        .args("-listen", "127.0.0.1:" + first + "-" + last)
                        .args("-target", HostPort.format(target.address()))
                        .start()) {
            server.awaitUdpBound(last, Programs.START_TIMEOUT_MS);
            server.awaitLine("listening on 127.0.0.1:" + first + "-" + last + "/udp", Programs.START_TIMEOUT_MS);
            try (JavaProgram client = Programs.client()
                    .args("-localaddr", "127.0.0.1:" + entrance, "-remoteaddr", "127.0.0.1:" + first + "-" + last)
                    .args("-conn", Integer.toString(sessions))
                    .start()) {
                client.awaitTcpListening(entrance, Programs.START_TIMEOUT_MS);
                new ExchangeClient(Programs.loopback(entrance)).runAll(exchanges(2 * sessions));
                target.assertServed(2 * sessions);
                assertThat(client.isAlive()).isTrue();
            }
            Set<Integer> used = new TreeSet<>();
            Matcher matcher = SESSION.matcher(server.log());
            int opened = 0;
            while (matcher.find()) {
                opened++;
                used.add(Integer.parseInt(matcher.group(1)));
            }
            assertThat(opened).isEqualTo(sessions);
            // That 16 draws hit fewer than 3 of 8 ports happens once in 10^8 runs.
            assertThat(used).hasSizeGreaterThanOrEqualTo(3).allMatch(port -> port >= first && port <= last);
        }
    }

    /** Whatever the number of event loops is. spec: tunnel 2.3 */
    @Test
    void connectionsAreSpreadEvenlyOverTheSessions() throws Exception {
        int sessions = 3;
        int each = 4;
        int udp = FreePorts.next();
        int entrance = FreePorts.next();
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                JavaProgram client =
                        Programs.startClient(entrance, Programs.loopback(udp), "-conn", Integer.toString(sessions))) {
            for (int i = 0; i < sessions * each; i++) {
                new ExchangeClient(Programs.loopback(entrance)).runAll(exchanges(1));
            }
            target.assertServed(sessions * each);
            Map<String, Integer> streams = new TreeMap<>();
            Matcher matcher = STREAM.matcher(server.log());
            while (matcher.find()) {
                streams.merge(matcher.group(1), 1, Integer::sum);
            }
            assertThat(streams).hasSize(sessions);
            assertThat(streams.values()).containsOnly(each);
            assertThat(client.isAlive()).isTrue();
        }
    }

    /** The server moves to another address, and its name with it; the client follows. spec: tunnel 2.3 */
    @Test
    void aNameIsLookedUpForEachSession(@TempDir Path folder) throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 server.test\n");
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram client = Programs.client()
                        .jvmFlags("-Djdk.net.hosts.file=" + hosts)
                        .args("-localaddr", HostPort.format(entrance), "-remoteaddr", "server.test:" + udp)
                        .start()) {
            client.awaitTcpListening(entrance.getPort(), Programs.START_TIMEOUT_MS);
            try (JavaProgram first = Programs.startServer(udp, target.address());
                    Socket idle = new Socket(entrance.getAddress(), entrance.getPort())) {
                new ExchangeClient(entrance).runAll(exchanges(2));
                Files.writeString(hosts, "127.0.0.2 server.test\n");
                first.kill();
                try (JavaProgram second = Programs.server()
                        .args("-listen", "127.0.0.2:" + udp)
                        .args("-target", HostPort.format(target.address()))
                        .start()) {
                    second.awaitUdpBound(udp, Programs.START_TIMEOUT_MS);
                    client.awaitLine("answers on a new session", ScriptedTarget.TIMEOUT_MS);
                    new ExchangeClient(entrance).runAll(exchanges(2));
                    client.awaitLine("stream opened in: .* out: 127.0.0.2:", ScriptedTarget.TIMEOUT_MS);
                    ApplicationSocket.awaitReset(idle); // of the address that is gone
                }
            }
        }
    }

    @Test
    void aNameThatIsUnknownAtFirstIsTriedAgain(@TempDir Path folder) throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 other.test\n");
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                JavaProgram client = Programs.client()
                        .jvmFlags("-Djdk.net.hosts.file=" + hosts)
                        .args("-localaddr", HostPort.format(entrance), "-remoteaddr", "server.test:" + udp)
                        .start()) {
            client.awaitTcpListening(entrance.getPort(), Programs.START_TIMEOUT_MS);
            Promise<Void> waiting = new ExchangeClient(entrance)
                    .start(exchanges(1).values().iterator().next());
            client.awaitLine("the name server.test has no address.*trying again in 1 s", ScriptedTarget.TIMEOUT_MS);
            client.awaitLine("the name server.test has no address.*trying again in 2 s", ScriptedTarget.TIMEOUT_MS);
            assertThat(waiting.isDone()).isFalse();
            Files.writeString(hosts, "127.0.0.1 server.test\n");
            ExchangeClient.awaitAll(Map.of("waiting", waiting));
            target.assertServed(1);
            assertThat(server.isAlive()).isTrue();
        }
    }

    @Test
    void aClientOf2021UsesAnyPortOfTheRange() throws Exception {
        int ports = 3;
        int first = FreePorts.range(ports);
        try (ExchangeServer target = new ExchangeServer();
                TunnelServer server = server("127.0.0.1:" + first + "-" + (first + ports - 1), target.address())) {
            for (int port : IntStream.range(first, first + ports).toArray()) {
                try (GoKcptun client = GoKcptun.client(Programs.loopback(port))
                        .key(TunnelCase.KEY)
                        .args("-smuxver", "1")
                        .start()) {
                    new ExchangeClient(client.address()).runAll(exchanges(3));
                    target.assertServed(3 * (port - first + 1)); // while the client can still tell of the end
                }
            }
            assertThat(server.localAddress().getPort()).isEqualTo(first);
        }
    }

    /** Wildcards take both families however they are written; a literal takes its own. */
    @ParameterizedTest(name = "server on {0}, client to {1} and listening on {2}")
    @CsvSource({
        "'', 127.0.0.1, 127.0.0.1",
        "'', [::1], [::1]",
        "0.0.0.0, 127.0.0.1, 127.0.0.1",
        "0.0.0.0, [::1], [::1]",
        "[::], 127.0.0.1, 127.0.0.1",
        "[::], [::1], [::1]",
        "[::1], [::1], [::1]",
        "localhost, localhost, localhost",
    })
    void ipv4AndIpv6(String listen, String remote, String local) throws Exception {
        try (ExchangeServer target = new ExchangeServer();
                TunnelServer server = server(listen + ":0", target.address());
                TunnelClient client = client(
                        local + ":0", remote + ":" + server.localAddress().getPort(), "-conn", "2")) {
            new ExchangeClient((InetSocketAddress) client.localAddress()).runAll(exchanges(4));
            target.assertServed(4);
        }
    }

    @ParameterizedTest(name = "client listening on {0}, application connecting to {1}")
    @CsvSource({"'', 127.0.0.1", "'', ::1", "0.0.0.0, ::1", "[::], 127.0.0.1"})
    void applicationsReachAWildcardOverBothFamilies(String local, String from) throws Exception {
        try (ExchangeServer target = new ExchangeServer();
                TunnelServer server = server("127.0.0.1:0", target.address());
                TunnelClient client = client(local + ":0", HostPort.format(server.localAddress()))) {
            int port = ((InetSocketAddress) client.localAddress()).getPort();
            new ExchangeClient(new InetSocketAddress(from, port)).runAll(exchanges(2));
            target.assertServed(2);
        }
    }

    @Test
    void kcptunReachesUsOverIpv6() throws Exception {
        try (ExchangeServer target = new ExchangeServer();
                TunnelServer server = server("[::1]:0", target.address());
                GoKcptun client = GoKcptun.client(server.localAddress())
                        .key(TunnelCase.KEY)
                        .args("-smuxver", "1")
                        .start()) {
            new ExchangeClient(client.address()).runAll(exchanges(2));
            target.assertServed(2);
        }
    }
}
