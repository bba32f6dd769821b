package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiler, log and warnings of the programs as processes. spec: tunnel 2.6, 3.4, 10 */
class DiagnosticsIT {
    private static final long LINE_TIMEOUT_MS = 30_000;
    private static final Pattern URL = Pattern.compile("profiler on (http://\\S+/)");

    private final HttpClient http = HttpClient.newHttpClient();

    private final Path folder;

    DiagnosticsIT(@TempDir Path folder) {
        this.folder = folder;
    }

    private byte[] send(String method, String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).as(url).isEqualTo(200);
        return response.body();
    }

    private static String profilerOf(JavaProgram program) {
        Matcher line = URL.matcher(program.awaitLine(URL.pattern(), LINE_TIMEOUT_MS));
        assertThat(line.find()).isTrue();
        return line.group(1);
    }

    private static void exchange(InetSocketAddress entrance, ExchangeServer target) throws Exception {
        new ExchangeClient(entrance).runAll(Map.of("exchange", new Exchange(1, 300_000, 300_000, 10_000)));
        target.assertServed(1);
    }

    /** The key comes by flag to one and by environment to the other; JFR would repeat both. */
    @Test
    void bothProgramsRecordAndTheKeyIsNotInIt() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address(), "-pprof");
                JavaProgram client = Programs.startClient(
                        entrance.getPort(), Programs.loopback(udp), "-pprof", "-key", TunnelCase.KEY)) {
            List<String> urls = List.of(profilerOf(server), profilerOf(client));
            assertThat(urls).doesNotHaveDuplicates();
            for (String url : urls) {
                send("POST", url + "jfr/start?seconds=60");
            }
            exchange(entrance, target);
            for (String url : urls) {
                assertThat(new String(send("GET", url + "threads"), StandardCharsets.UTF_8))
                        .contains("\"millrace-")
                        .doesNotContain(TunnelCase.KEY);
                send("POST", url + "jfr/stop");
                byte[] recording = send("GET", url + "jfr/recording");
                assertThat(new String(recording, StandardCharsets.ISO_8859_1)).doesNotContain(TunnelCase.KEY);
                List<RecordedEvent> events =
                        RecordingFile.readAllEvents(Files.write(folder.resolve("recording.jfr"), recording));
                assertThat(events).hasSizeGreaterThan(100).noneSatisfy(event -> assertThat(event.toString())
                        .contains(TunnelCase.KEY));
            }
        }
    }

    /** The list that docs/architecture.md gives to those who make small runtimes. */
    private static String documentedModules() throws Exception {
        String document = Files.readString(Path.of("..", "docs", "architecture.md"));
        Matcher list = Pattern.compile("(?m)^java\\.base,[a-z.,]+$").matcher(document);
        assertThat(list.find()).as("a line with the modules").isTrue();
        return list.group();
    }

    @Test
    void theDocumentedModulesAreEnough() throws Exception {
        String modules = documentedModules();
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        Path json = Files.writeString(folder.resolve("c.json"), "{\"remoteaddr\": \"127.0.0.1:" + udp + "\"}");
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.server()
                        .jvmFlags("--limit-modules", modules)
                        .args("-l", "127.0.0.1:" + udp, "-t", HostPort.format(target.address()), "-pprof")
                        .start();
                JavaProgram client = Programs.client()
                        .jvmFlags("--limit-modules", modules)
                        .args("-c", json.toString(), "-l", HostPort.format(entrance), "-pprof")
                        .start();
                JavaProgram help = Programs.client()
                        .jvmFlags("--limit-modules", modules)
                        .args("-h")
                        .start()) {
            assertThat(help.awaitExit(LINE_TIMEOUT_MS)).isZero();
            server.awaitUdpBound(udp, Programs.START_TIMEOUT_MS);
            client.awaitTcpListening(entrance.getPort(), Programs.START_TIMEOUT_MS);
            send("POST", profilerOf(client) + "jfr/start");
            send("POST", profilerOf(client) + "jfr/stop");
            assertThat(send("GET", profilerOf(client) + "jfr/recording")).startsWith('F', 'L', 'R', 0);
            exchange(entrance, target);
            assertThat(ProcessHandle.of(client.pid()).orElseThrow().destroy()).isTrue();
            client.awaitExit(LINE_TIMEOUT_MS);
            assertThat(client.log() + server.log()).doesNotContain("Exception", "NoClassDef", "Error");
        }
    }

    @Test
    void withoutTheProfilersModulesTheTunnelRunsAndSaysSo() throws Exception {
        String modules = documentedModules().replace(",jdk.httpserver", "").replace(",jdk.jfr", "");
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                JavaProgram client = Programs.client()
                        .jvmFlags("--limit-modules", modules)
                        .args("-l", HostPort.format(entrance), "-r", "127.0.0.1:" + udp, "-pprof")
                        .start()) {
            client.awaitLine(
                    "WARN  pprof: not available, this Java runtime is without jdk.httpserver, jdk.jfr",
                    LINE_TIMEOUT_MS);
            exchange(entrance, target);
            assertThat(server.isAlive()).isTrue();
        }
    }

    @Test
    void quietLeavesOutTheStreamsAndKeepsTheSessions() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address(), "-quiet");
                JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp), "-quiet")) {
            exchange(entrance, target);
            for (JavaProgram program : List.of(client, server)) {
                assertThat(ProcessHandle.of(program.pid()).orElseThrow().destroy())
                        .isTrue();
                program.awaitExit(LINE_TIMEOUT_MS);
                assertThat(program.log()).contains("session opened: ", "session closed: ");
                assertThat(program.log()).doesNotContain("stream opened", "stream closed");
            }
        }
    }

    /** What logrotate's copytruncate does; and a socket buffer that no kernel grants. */
    @Test
    void aLogThatIsTruncatedGoesOnFromItsBeginning() throws Exception {
        Path log = folder.resolve("client.log");
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (JavaProgram client = Programs.startClient(
                entrance.getPort(),
                Programs.loopback(FreePorts.next()),
                "-log",
                log.toString(),
                "-sockbuf",
                Integer.toString(Integer.MAX_VALUE))) {
            await().atMost(Duration.ofMillis(LINE_TIMEOUT_MS))
                    .until(() -> Files.readString(log).contains("listening on "));
            assertThat(Files.readString(log))
                    .contains("WARN  sockbuf 2147483647: the kernel grants ")
                    .contains("sysctl -w net.core.rmem_max=2147483647 net.core.wmem_max=2147483647");
            try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
            assertThat(new ProcessBuilder("kill", "-USR1", Long.toString(client.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            await().atMost(Duration.ofMillis(LINE_TIMEOUT_MS))
                    .until(() -> Files.readString(log).contains("KCP SNMP:"));
            assertThat(Files.readAllLines(log))
                    .singleElement()
                    .asString()
                    .matches("[0-9/]{10} [0-9:]{8} INFO  KCP SNMP:&\\{.*}");
        }
    }
}
