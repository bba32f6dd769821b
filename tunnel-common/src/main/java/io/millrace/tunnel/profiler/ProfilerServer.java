package io.millrace.tunnel.profiler;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.tunnel.profiler.FlightRecordings.NotNowException;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of the profiler. It listens on loopback only, and answers neither web pages nor names other than the
 * machine's own, so that a browser on this machine cannot be made to use it. No authentication beyond that: every user of
 * the machine can reach it.
 */
public final class ProfilerServer implements AutoCloseable {
    /** Upstream's port. */
    static final int PORT = 6060;

    private static final Logger LOG = LoggerFactory.getLogger(ProfilerServer.class);
    private static final int DEFAULT_SECONDS = 60;
    private static final int THREADS = 2;

    private final HttpServer server;
    private final ExecutorService threads;
    private final FlightRecordings recordings = new FlightRecordings();

    private ProfilerServer(HttpServer server) {
        this.server = server;
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread made = new Thread(task, "millrace-profiler");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Starts listening on upstream's port, or on a free one if that is taken: client and server may run on one machine.
     *
     * @throws IOException if neither works
     */
    public static ProfilerServer start() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpServer http;
        try {
            http = HttpServer.create(new InetSocketAddress(loopback, PORT), 0);
        } catch (BindException taken) {
            http = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        }
        ProfilerServer profiler = new ProfilerServer(http);
        http.setExecutor(profiler.threads);
        http.createContext("/", profiler::handle);
        http.start();
        return profiler;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** For the log and for people: {@code http://127.0.0.1:6060/}. */
    public String url() {
        return "http://" + NetUtil.toSocketAddressString(address()) + "/";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (isForeign(exchange)) {
                answer(exchange, 403, "only for this machine, and not for web pages\n");
                return;
            }
            try {
                route(exchange);
            } catch (NotNowException e) {
                answer(exchange, 409, e.getMessage() + "\n");
            } catch (IllegalArgumentException e) {
                answer(exchange, 400, e.getMessage() + "\n");
            } catch (IOException | RuntimeException failure) {
                LOG.warn("pprof: {} failed", exchange.getRequestURI().getPath(), failure);
                answer(exchange, 500, failure + "\n");
            }
        }
    }

    /** Through another name that leads here, or on behalf of a web page. */
    private boolean isForeign(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        int port = address().getPort();
        boolean own = host != null
                && (host.equals("127.0.0.1:" + port)
                        || host.equals("localhost:" + port)
                        || host.equals("[::1]:" + port));
        return !own || exchange.getRequestHeaders().containsKey("Origin");
    }

    private void route(HttpExchange exchange) throws IOException, NotNowException {
        String path = exchange.getRequestURI().getPath();
        String method =
                switch (path) {
                    case "/", "/threads", "/jfr/recording" -> "GET";
                    case "/jfr/start", "/jfr/stop" -> "POST";
                    default -> "";
                };
        if (method.isEmpty()) {
            answer(exchange, 404, help());
        } else if (!method.equals(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", method);
            answer(exchange, 405, method + " only\n");
        } else {
            switch (path) {
                case "/threads" -> answer(exchange, 200, ThreadDump.text());
                case "/jfr/start" -> start(exchange);
                case "/jfr/stop" -> {
                    recordings.stop();
                    answer(exchange, 200, "stopped; fetch it from " + url() + "jfr/recording\n");
                }
                case "/jfr/recording" -> send(exchange);
                default -> answer(exchange, 200, help());
            }
        }
    }

    private void start(HttpExchange exchange) throws IOException, NotNowException {
        int seconds = seconds(exchange.getRequestURI().getQuery());
        recordings.start(seconds);
        answer(exchange, 200, "recording, for " + seconds + " s or until POST " + url() + "jfr/stop\n");
    }

    private static int seconds(@Nullable String query) {
        if (query == null) {
            return DEFAULT_SECONDS;
        }
        String allowed = "allowed: seconds=1.." + FlightRecordings.MAX_SECONDS;
        if (!query.matches("seconds=[0-9]{1,4}")) {
            throw new IllegalArgumentException(allowed);
        }
        int seconds = Integer.parseInt(query.substring(query.indexOf('=') + 1));
        if (seconds < 1 || seconds > FlightRecordings.MAX_SECONDS) {
            throw new IllegalArgumentException(allowed);
        }
        return seconds;
    }

    private void send(HttpExchange exchange) throws IOException, NotNowException {
        Path file = Files.createTempFile("millrace", ".jfr"); // readable by this user only
        try {
            recordings.write(file);
            exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
            exchange.sendResponseHeaders(200, Files.size(file));
            Files.copy(file, exchange.getResponseBody());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private String help() {
        return """
                GET  %1$sthreads                what every thread does now
                POST %1$sjfr/start?seconds=60   begin a JFR recording, at most %2$d s and %3$d MiB
                POST %1$sjfr/stop               end it sooner
                GET  %1$sjfr/recording          fetch the last one
                """.formatted(url(), FlightRecordings.MAX_SECONDS, FlightRecordings.MAX_BYTES >> 20);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    /** Stops listening and recording. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        recordings.close();
    }
}
