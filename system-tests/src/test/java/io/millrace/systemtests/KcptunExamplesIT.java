package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * kcptun's own example files, unchanged: both programs start with them, on the ports that are written there, and carry
 * data, also to and from a kcptun that runs on them. spec: tunnel 11
 */
class KcptunExamplesIT {
    private static final Path EXAMPLES = Path.of("..", "config", "src/test/resources/io/millrace/config/kcptun");
    private static final Exchange EXCHANGE = new Exchange(1, 500_000, 500_000, 10_000);

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    private final String client2021;

    /** The client's file of 2021 has an address in it that stands for the user's server; nothing else is changed. */
    KcptunExamplesIT(@TempDir Path folder) throws IOException {
        String text = Files.readString(EXAMPLES.resolve("client-2021.json"));
        assertThat(text).contains("\"11.22.33.44:2000\"");
        client2021 = Files.writeString(folder.resolve("client.json"), text.replace("11.22.33.44", "127.0.0.1"))
                .toString();
    }

    private static String file(String name) {
        return EXAMPLES.resolve(name).toString();
    }

    @Test
    void thoseOf2026() throws Exception {
        try (ExchangeServer target = new ExchangeServer(2000, 1);
                JavaProgram server =
                        Programs.server().args("-c", file("server-late.json")).start();
                JavaProgram client =
                        Programs.client().args("-c", file("client-late.json")).start()) {
            server.awaitUdpBound(29999, Programs.START_TIMEOUT_MS);
            client.awaitTcpListening(3000, Programs.START_TIMEOUT_MS);
            exchange(3000, target);
        }
    }

    @Test
    void theClientsOf2021AsItIs() {
        try (JavaProgram client =
                Programs.client().args("-c", file("client-2021.json")).start()) {
            client.awaitTcpListening(2000, Programs.START_TIMEOUT_MS);
            client.awaitLine("tunnel to 11.22.33.44:2000", Programs.START_TIMEOUT_MS);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void thoseOf2021(Peers peers) throws Exception {
        try (ExchangeServer target = new ExchangeServer(9999, 1);
                Program server = peers.goServer() ? goServer(target) : javaServer();
                Program client = peers.goClient() ? goClient() : javaClient()) {
            exchange(2000, target);
            assertThat(server.isAlive.getAsBoolean()).isTrue();
            assertThat(client.isAlive.getAsBoolean()).isTrue();
        }
    }

    private static void exchange(int port, ExchangeServer target) {
        new ExchangeClient(Programs.loopback(port)).runAll(Map.of("exchange", EXCHANGE));
        target.assertServed(1);
    }

    /** Ours or kcptun's. */
    private record Program(BooleanSupplier isAlive, Runnable stop) implements AutoCloseable {
        static Program of(JavaProgram program) {
            return new Program(program::isAlive, program::stop);
        }

        static Program of(GoKcptun program) {
            return new Program(program::isAlive, program::stop);
        }

        @Override
        public void close() {
            stop.run();
        }
    }

    private static Program javaServer() {
        JavaProgram server =
                Programs.server().args("-c", file("server-2021.json")).start();
        server.awaitUdpBound(2000, Programs.START_TIMEOUT_MS);
        return Program.of(server);
    }

    private Program javaClient() {
        JavaProgram client = Programs.client().args("-c", client2021).start();
        client.awaitTcpListening(2000, Programs.START_TIMEOUT_MS);
        return Program.of(client);
    }

    // The file wins over the flags that the driver gives.
    private static Program goServer(ExchangeServer target) {
        return Program.of(GoKcptun.server(target.address())
                .port(2000)
                .args("-c", file("server-2021.json"))
                .start());
    }

    private Program goClient() {
        return Program.of(GoKcptun.client(Programs.loopback(2000))
                .port(2000)
                .args("-c", client2021)
                .start());
    }
}
