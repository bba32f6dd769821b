package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.JavaProgram;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One server, whatever smux version and compression its clients have. */
class FormatDetectionIT {
    private static final long LINE_TIMEOUT_MS = 60_000;
    private static final int BYTES = 300_000;

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    /** Clients of one server, stopped with it. */
    private static final class Clients implements AutoCloseable {
        private final int udp;
        private final Deque<Runnable> running = new ArrayDeque<>();
        private final Map<String, InetSocketAddress> entrances = new LinkedHashMap<>();

        Clients(int udp) {
            this.udp = udp;
        }

        void kcptun(String... flags) {
            GoKcptun client = GoKcptun.client(Programs.loopback(udp))
                    .key(TunnelCase.KEY)
                    .args(flags)
                    .start();
            running.push(client::close);
            entrances.put("kcptun " + String.join(" ", flags), client.address());
        }

        void millrace(String... flags) {
            int port = FreePorts.next();
            JavaProgram client = Programs.startClient(port, Programs.loopback(udp), flags);
            running.push(client::close);
            entrances.put("millrace " + String.join(" ", flags), Programs.loopback(port));
        }

        @Override
        public void close() {
            while (!running.isEmpty()) {
                running.pop().run();
            }
        }
    }

    @Test
    void aServerAnswersAllOfThemInKindAtOnce() throws Exception {
        int udp = FreePorts.next();
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                Clients clients = new Clients(udp)) {
            for (String version : List.of("1", "2")) {
                clients.kcptun("--smuxver", version);
                clients.kcptun("--smuxver", version, "--nocomp");
            }
            clients.millrace("--smuxver", "2", "--comp", "lz4");
            clients.millrace("--smuxver", "1", "--comp", "lz4");
            Map<String, Promise<Void>> all = new LinkedHashMap<>();
            clients.entrances.forEach((name, entrance) -> {
                for (int i = 0; i < 5; i++) {
                    Exchange exchange = new Exchange(i, BYTES + i, BYTES - i, 5000);
                    all.put(name + " " + i, new ExchangeClient(entrance).start(exchange));
                }
            });
            ExchangeClient.awaitAll(all);
            target.assertServed(all.size());
            String log = server.log();
            for (String format : List.of(
                    "smuxver 1 and comp snappy",
                    "smuxver 1 and comp none",
                    "smuxver 2 and comp none",
                    "smuxver 2 and comp lz4",
                    "smuxver 1 and comp lz4")) {
                assertThat(log.lines()
                                .filter(line -> line.contains("has " + format + " (here: smuxver 2 and comp snappy)")))
                        .as(format)
                        .hasSize(1);
            }
            assertThat(log).doesNotContain("has smuxver 2 and comp snappy").doesNotContain("WARN");
        }
    }

    @Test
    void aStrictServerNamesWhatItRefuses() throws Exception {
        int udp = FreePorts.next();
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address(), "--strict", "--comp=none");
                Clients clients = new Clients(udp)) {
            clients.kcptun("--smuxver", "2");
            clients.kcptun("--smuxver", "2", "--nocomp");
            List<InetSocketAddress> entrances = new ArrayList<>(clients.entrances.values());
            new ExchangeClient(entrances.get(0)).start(new Exchange(1, 100, 100, 100));
            server.awaitLine(
                    "session from 127.0.0.1:[0-9]+ refused: it has smuxver 2 and comp snappy, and strict demands smuxver 2"
                            + " and comp none",
                    LINE_TIMEOUT_MS);
            new ExchangeClient(entrances.get(1))
                    .runAll(Collections.singletonMap("right", new Exchange(1, 100, 100, 100)));
            target.assertServed(1);
        }
    }
}
