package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import io.millrace.testkit.OwnThread;
import io.millrace.testkit.Payload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Packets disguised as TCP, in network namespaces of their own: with kcptun in both directions, and without a word of the kernel.
 * Where this machine has no JDK 22, or not the right to do it, what is tested is that the programs say so. spec: tunnel 7
 */
class FakeTcpIT {
    private static final long TIMEOUT_MS = 60_000;
    private static final int SERVER_PORT = 29_900;
    private static final int ENTRANCE_PORT = 12_948;
    private static final int SECOND_ENTRANCE_PORT = 12_949;
    private static final int TARGET_PORT = 8000;
    private static final int CAP_NET_RAW = 13;
    private static final String[] FLAGS = {"-smuxver", "2", "-mode", "fast3", "-sndwnd", "512", "-rcvwnd", "1024"};

    private final Optional<Path> jdk;

    FakeTcpIT() throws IOException {
        jdk = NewerJdk.find();
    }

    @TestFactory
    Stream<DynamicTest> whatIsMissingIsNamed() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : List.of("client", "server")) {
            if (!NewerJdk.isRunning()) {
                tests.add(dynamicTest(
                        name + " with an older JDK",
                        () -> refuses(
                                program(name),
                                "it needs JDK 22 or newer, and this is " + System.getProperty("java.version")
                                        + " in ")));
            }
            jdk.ifPresent(home -> tests.add(dynamicTest(
                    name + " without the capability",
                    () -> refuses(
                            program(name).javaHome(home).by(List.of("setpriv", "--bounding-set=-net_raw")),
                            "it needs raw sockets, hence root or the capability CAP_NET_RAW"))));
        }
        jdk.ifPresent(home -> tests.add(dynamicTest("with raw sockets alone", () -> startsOrNamesTheOther(home))));
        return tests.stream();
    }

    /** Newer kernels want a second capability for a filter on a TCP socket. */
    private static void startsOrNamesTheOther(Path home) {
        try (JavaProgram program = Programs.server()
                .javaHome(home)
                .by(List.of("setpriv", "--bounding-set=-net_admin"))
                .args("-tcp", "-listen", "127.0.0.1:0")
                .start()) {
            program.awaitLine(
                    "listening on \\S+/udp and tcp|cannot start: tcp is not possible here: .*CAP_NET_(ADMIN|RAW)",
                    TIMEOUT_MS);
            assertThat(program.log()).doesNotContain("Exception");
        }
    }

    private static JavaProgram.Builder program(String name) {
        return name.equals("client") ? Programs.client().args("-remoteaddr", "127.0.0.1:1") : Programs.server();
    }

    private static void refuses(JavaProgram.Builder builder, String why) {
        try (JavaProgram program = builder.args("-tcp").start()) {
            assertThat(program.awaitExit(TIMEOUT_MS)).isOne();
            assertThat(program.log()).contains("cannot start: tcp is not possible here: " + why);
        }
    }

    @TestFactory
    Stream<DynamicTest> disguised(@TempDir Path folder) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        if (jdk.isPresent() && NetworkNamespaces.arePossible()) {
            for (Peers peers : Peers.values()) {
                tests.add(dynamicTest(peers + ", IPv4", () -> carriesEverything(peers, true)));
                tests.add(dynamicTest(peers + ", IPv6", () -> carriesEverything(peers, false)));
            }
            tests.add(dynamicTest("a server takes both kinds of clients", this::takesBothKindsOfClients));
            tests.add(dynamicTest("the kernel is silent", () -> theKernelIsSilent(folder)));
            tests.add(dynamicTest("a server that crashed and came back", this::aServerCrashesAndComesBack));
        } else if (jdk.isPresent() && hasCapability()) {
            tests.add(dynamicTest("on loopback", () -> exchange(Place.loopback())));
        }
        return tests.stream();
    }

    private static boolean hasCapability() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("CapEff:"))
                    .anyMatch(
                            line -> (Long.parseUnsignedLong(line.substring(7).trim(), 16) & (1L << CAP_NET_RAW)) != 0);
        }
    }

    /** Where the programs run. */
    private record Place(List<String> atClient, List<String> atServer, InetAddress server) {
        static Place loopback() {
            return new Place(List.of(), List.of(), InetAddress.getLoopbackAddress());
        }

        static Place in(NetworkNamespaces namespaces, boolean ipv4) throws IOException {
            return new Place(namespaces.atClient(), namespaces.atServer(), namespaces.serverAddress(ipv4));
        }

        InetSocketAddress serverAddress() {
            return new InetSocketAddress(server, SERVER_PORT);
        }
    }

    private JavaProgram.Builder server(Place place, String... flags) {
        return Programs.server()
                .javaHome(jdk.orElseThrow())
                .by(place.atServer)
                .args(FLAGS)
                .args("-listen", ":" + SERVER_PORT)
                .args(flags);
    }

    private JavaProgram startServer(Place place, String... flags) {
        JavaProgram server =
                server(place, "-target", "127.0.0.1:" + TARGET_PORT).args(flags).start();
        server.awaitLine("listening on .*, target", TIMEOUT_MS);
        return server;
    }

    private JavaProgram startClient(Place place, int port, String... flags) {
        JavaProgram client = Programs.client()
                .javaHome(jdk.orElseThrow())
                .by(place.atClient)
                .args(FLAGS)
                .args("-localaddr", "127.0.0.1:" + port, "-remoteaddr", HostPort.format(place.serverAddress()))
                .args(flags)
                .start();
        client.awaitTcpListening(port, TIMEOUT_MS);
        return client;
    }

    private static JavaProgram startTarget(Place place) {
        JavaProgram target = JavaProgram.mainClass(ExchangeMain.class)
                .by(place.atServer)
                .args("serve", Integer.toString(TARGET_PORT))
                .start();
        target.awaitLine(ExchangeMain.SERVING, TIMEOUT_MS);
        return target;
    }

    /** Megabytes both ways on several connections, checked. */
    private static void exchangeThrough(Place place, int entrancePort) {
        try (JavaProgram client = JavaProgram.mainClass(ExchangeMain.class)
                .by(place.atClient)
                .args("exchange", Integer.toString(entrancePort), "7")
                .start()) {
            assertThat(client.awaitExit(2 * TIMEOUT_MS)).as(client::log).isZero();
            assertThat(client.log()).contains(ExchangeMain.DONE);
        }
    }

    private void exchange(Place place) {
        try (JavaProgram target = startTarget(place);
                JavaProgram server = startServer(place, "-tcp");
                JavaProgram client = startClient(place, ENTRANCE_PORT, "-tcp")) {
            exchangeThrough(place, ENTRANCE_PORT);
            assertThat(target.isAlive()).isTrue();
            client.awaitLine("session opened: \\S+:[1-9]\\d* -> \\S+:" + SERVER_PORT, TIMEOUT_MS);
            server.awaitLine("session opened: \\S+:" + SERVER_PORT + " -> ", TIMEOUT_MS);
            assertThat(client.log() + server.log()).doesNotContain("ERROR", "Exception");
        }
    }

    private void carriesEverything(Peers peers, boolean ipv4) throws Exception {
        try (NetworkNamespaces namespaces = new NetworkNamespaces()) {
            Place place = Place.in(namespaces, ipv4);
            if (peers == Peers.JAVA_TO_JAVA) {
                exchange(place);
            } else {
                exchangeWithKcptun(place, peers);
            }
        }
    }

    private void exchangeWithKcptun(Place place, Peers peers) throws Exception {
        InetSocketAddress targetAddress = Programs.loopback(TARGET_PORT);
        try (JavaProgram target = startTarget(place);
                AutoCloseable server = peers.goServer()
                        ? GoKcptun.server(targetAddress)
                                .host(place.server)
                                .port(SERVER_PORT)
                                .by(place.atServer)
                                .key(TunnelCase.KEY)
                                .args(FLAGS)
                                .args("-tcp")
                                .start()
                        : startServer(place, "-tcp");
                AutoCloseable client = peers.goClient()
                        ? GoKcptun.client(place.serverAddress())
                                .port(ENTRANCE_PORT)
                                .by(place.atClient)
                                .key(TunnelCase.KEY)
                                .args(FLAGS)
                                .args("-tcp")
                                .start()
                        : startClient(place, ENTRANCE_PORT, "-tcp")) {
            exchangeThrough(place, ENTRANCE_PORT);
            assertThat(target.isAlive()).isTrue();
            assertThat(server).isNotEqualTo(client);
        }
    }

    private void takesBothKindsOfClients() throws Exception {
        try (NetworkNamespaces namespaces = new NetworkNamespaces()) {
            Place place = Place.in(namespaces, true);
            try (JavaProgram target = startTarget(place);
                    JavaProgram server = startServer(place, "-tcp");
                    JavaProgram disguised = startClient(place, ENTRANCE_PORT, "-tcp");
                    JavaProgram plain = startClient(place, SECOND_ENTRANCE_PORT)) {
                exchangeThrough(place, ENTRANCE_PORT);
                exchangeThrough(place, SECOND_ENTRANCE_PORT);
                assertThat(target.isAlive() && disguised.isAlive() && plain.isAlive())
                        .isTrue();
                assertThat(server.log().lines().filter(line -> line.contains("session opened")))
                        .hasSize(2);
            }
        }
    }

    /**
     * Applications and target are at unix sockets, so the tunnel's connection is the only one that the kernels have: they may make the
     * handshake, and then nothing until its end.
     */
    private void theKernelIsSilent(Path folder) throws Exception {
        Path entrance = folder.resolve("entrance");
        Path target = folder.resolve("target");
        try (NetworkNamespaces namespaces = new NetworkNamespaces();
                ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(target));
            CompletableFuture<Void> echoed = OwnThread.run(() -> echo(listener));
            Place place = Place.in(namespaces, true);
            try (JavaProgram server =
                    server(place, "-tcp", "-target", target.toString()).start()) {
                server.awaitLine("listening on ", TIMEOUT_MS);
                try (JavaProgram client = Programs.client()
                        .javaHome(jdk.orElseThrow())
                        .by(place.atClient)
                        .args(FLAGS)
                        .args("-tcp", "-localaddr", entrance.toString())
                        .args("-remoteaddr", HostPort.format(place.serverAddress()))
                        .start()) {
                    client.awaitLine("listening on ", TIMEOUT_MS);
                    Payload payload = new Payload(77, 2 << 20);
                    try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(entrance))) {
                        CompletableFuture<Void> received =
                                OwnThread.run(() -> payload.readFrom(Channels.newInputStream(socket)));
                        // Not through a stream of Channels: before JDK 19 it would wait for the reader's.
                        CompletableFuture<Void> written = OwnThread.run(() -> {
                            for (ByteBuffer rest = ByteBuffer.wrap(payload.bytes()); rest.hasRemaining(); ) {
                                socket.write(rest);
                            }
                            socket.shutdownOutput();
                        });
                        written.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                        received.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                        echoed.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                    }
                    assertThat(sent(client)).as("SYN and ACK").isEqualTo(2);
                    assertThat(sent(server)).as("SYN and ACK in one").isEqualTo(1);
                    client.stop();
                }
                await().atMost(Duration.ofMillis(TIMEOUT_MS))
                        .untilAsserted(() -> assertThat(NetworkNamespaces.tcpCounter(server.pid(), "CurrEstab"))
                                .as("the client's end reaches the server's kernel")
                                .isZero());
                assertThat(NetworkNamespaces.tcpCounter(server.pid(), "OutRsts"))
                        .isZero();
            }
        }
    }

    private static long sent(JavaProgram program) throws IOException {
        return NetworkNamespaces.tcpCounter(program.pid(), "OutSegs")
                + NetworkNamespaces.tcpCounter(program.pid(), "OutRsts");
    }

    private static void echo(ServerSocketChannel listener) throws IOException {
        try (SocketChannel socket = listener.accept()) {
            Channels.newInputStream(socket).transferTo(Channels.newOutputStream(socket));
        }
    }

    /** A crash leaves nothing that hinders: the client's session ends with the connection, and a new one is made. */
    private void aServerCrashesAndComesBack() throws Exception {
        try (NetworkNamespaces namespaces = new NetworkNamespaces()) {
            Place place = Place.in(namespaces, true);
            try (JavaProgram target = startTarget(place);
                    JavaProgram client = startClient(place, ENTRANCE_PORT, "-tcp")) {
                try (JavaProgram crashing = startServer(place, "-tcp")) {
                    exchangeThrough(place, ENTRANCE_PORT);
                    crashing.kill();
                }
                client.awaitLine("session closed: .*, the socket closed", TIMEOUT_MS);
                try (JavaProgram server = startServer(place, "-tcp")) {
                    exchangeThrough(place, ENTRANCE_PORT);
                    assertThat(server.isAlive() && target.isAlive()).isTrue();
                }
            }
        }
    }
}
