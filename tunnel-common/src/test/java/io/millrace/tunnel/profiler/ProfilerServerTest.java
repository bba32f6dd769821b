package io.millrace.tunnel.profiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** spec: tunnel 3.4 */
@Timeout(120)
class ProfilerServerTest {
    /** The command line, where a user may have put the key. */
    private static final String SECRET = System.getProperty("sun.java.command", "");

    private final HttpClient http = HttpClient.newHttpClient();
    private ProfilerServer server;

    private final Path folder;

    ProfilerServerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void start() throws IOException {
        server = ProfilerServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static boolean contains(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
    }

    private byte[] recorded() throws Exception {
        assertThat(send("POST", "jfr/start?seconds=600").statusCode()).isEqualTo(200);
        System.gc(); // something to record
        assertThat(send("POST", "jfr/stop").statusCode()).isEqualTo(200);
        HttpResponse<byte[]> response = send("GET", "jfr/recording");
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    @Test
    void tellsWhatEveryThreadDoes() throws Exception {
        assertThat(text(send("GET", "threads")))
                .contains("\"" + Thread.currentThread().getName() + "\"", ProfilerServer.class.getName());
        assertThat(text(send("GET", ""))).contains("GET  " + server.url() + "threads", "600 s", "64 MiB");
    }

    @Test
    void recordsWithoutWhatWouldGiveTheKeyAway() throws Exception {
        Path plain = folder.resolve("plain.jfr");
        try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
            recording.start();
            recording.stop();
            recording.dump(plain);
        }
        assertThat(SECRET).hasSizeGreaterThan(20);
        assertThat(contains(Files.readAllBytes(plain), SECRET))
                .as("a recording with the JDK's own settings")
                .isTrue();

        byte[] ours = recorded();
        assertThat(ours).startsWith('F', 'L', 'R', 0);
        assertThat(contains(ours, SECRET)).isFalse();
        Path file = Files.write(folder.resolve("ours.jfr"), ours);
        List<String> types = RecordingFile.readAllEvents(file).stream()
                .map(RecordedEvent::getEventType)
                .map(type -> type.getName())
                .distinct()
                .toList();
        assertThat(types)
                .contains("jdk.GarbageCollection")
                .doesNotContainAnyElementsOf(FlightRecordings.REVEALING_EVENTS);
    }

    @Test
    void oneRecordingAtATime() throws Exception {
        assertThat(send("GET", "jfr/recording").statusCode()).isEqualTo(409);
        assertThat(send("POST", "jfr/stop").statusCode()).isEqualTo(409);
        assertThat(send("POST", "jfr/start").statusCode()).isEqualTo(200);
        assertThat(send("POST", "jfr/start").statusCode()).isEqualTo(409);
        assertThat(send("GET", "jfr/recording").statusCode()).isEqualTo(409);
        assertThat(send("POST", "jfr/stop").statusCode()).isEqualTo(200);
        assertThat(recorded()).startsWith('F', 'L', 'R', 0);
    }

    @Test
    void theirTimeIsBounded() throws Exception {
        for (String query : List.of("seconds=0", "seconds=601", "seconds=-1", "seconds=x", "minutes=1")) {
            assertThat(send("POST", "jfr/start?" + query).statusCode())
                    .as(query)
                    .isEqualTo(400);
        }
        assertThat(send("POST", "jfr/stop").statusCode()).isEqualTo(409);
    }

    @Test
    void answersOnlyWhatItKnows() throws Exception {
        assertThat(send("GET", "debug/pprof/").statusCode()).isEqualTo(404);
        assertThat(send("GET", "jfr/start").statusCode()).isEqualTo(405);
        assertThat(send("POST", "threads").statusCode()).isEqualTo(405);
    }

    @Test
    void isForThisMachineAndNotForItsBrowser() throws Exception {
        assertThat(server.address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(send("POST", "jfr/start", "Origin", "http://example.org").statusCode())
                .isEqualTo(403);
        assertThat(statusLineFor("evil.example:" + server.address().getPort())).contains(" 403 ");
        assertThat(statusLineFor("localhost:" + server.address().getPort())).contains(" 200 ");
    }

    /** Of GET / with a Host header as a browser sends it when a foreign name leads here. */
    private String statusLineFor(String host) throws IOException {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8).lines().findFirst().orElse("");
        }
    }

    @Test
    void aSecondProgramTakesAnotherPort() throws Exception {
        try (ProfilerServer second = ProfilerServer.start()) {
            assertThat(second.address().getPort()).isNotEqualTo(server.address().getPort());
            assertThat(second.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
        }
    }
}
