package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two jars as a user starts them: help, mistakes, a first connection, the log, the end. spec: tunnel 2.6, 8, 10 */
class RunnableJarIT {
    private static final long EXIT_TIMEOUT_MS = 60_000;
    private static final int SIGTERM_STATUS = 128 + 15;

    private static JavaProgram.Builder program(String name) {
        return name.equals("client") ? Programs.client() : Programs.server();
    }

    private static int run(JavaProgram program) {
        return program.awaitExit(EXIT_TIMEOUT_MS);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"client", "server"})
    void helpNamesTheFlags(String name) {
        try (JavaProgram program = program(name).args("-h").start()) {
            assertThat(run(program)).isZero();
            assertThat(program.log())
                    .contains(
                            "Usage: tunnel-" + name + " [FLAG]...",
                            "java -jar tunnel-" + name + ".jar",
                            "-crypt",
                            "-smuxver",
                            name.equals("client") ? "-localaddr" : "-target");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"client", "server"})
    void versionIsOneLine(String name) {
        try (JavaProgram program = program(name).args("-v").start()) {
            assertThat(run(program)).isZero();
            assertThat(program.log().lines()).singleElement().asString().startsWith("millrace version ");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"client", "server"})
    void aMistakeIsOneLineThatNamesItAndStatus2(String name) {
        try (JavaProgram flag = program(name).args("-crpyt", "aes").start();
                JavaProgram value = program(name).args("-mtu", "20").start()) {
            assertThat(run(flag)).isEqualTo(2);
            assertThat(flag.log().lines()).singleElement().asString().contains("crpyt", "crypt");
            assertThat(run(value)).isEqualTo(2);
            assertThat(value.log().lines()).singleElement().asString().contains("mtu", "20", "1500");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"client", "server"})
    void aConfigurationCanBeCheckedWithoutAStart(String name, @TempDir Path folder) throws Exception {
        Path json = Files.writeString(folder.resolve("c.json"), "{\"mode\": \"fast3\",\n\"mtu\": 1400, \"mtv\": 1}");
        try (JavaProgram good = program(name)
                        .args("-c", json.toString(), "-check-config")
                        .start();
                JavaProgram bad =
                        program(name).args("-check-config", "-dscp", "64").start()) {
            assertThat(run(good)).isZero();
            assertThat(good.log())
                    .containsPattern("(?m)^mtu += 1400 +# file " + json + ", line 2, key \"mtu\"$")
                    .containsPattern("(?m)^interval += 10 +# mode fast3$")
                    .containsPattern("(?m)^key += set \\(\\d+ bytes\\) +# environment variable KCPTUN_KEY$")
                    .contains("key \"mtv\": ignored, there is no such key; did you mean mtu?")
                    .doesNotContain(TunnelCase.KEY);
            assertThat(run(bad)).isEqualTo(2);
            assertThat(bad.log().lines()).singleElement().asString().contains("dscp", "64", "0..63");
        }
    }

    @Test
    void anAddressInUseIsStatus1AndSaysSo() {
        try (ExchangeServer taken = new ExchangeServer();
                JavaProgram client = Programs.client()
                        .args("-localaddr", HostPort.format(taken.address()), "-remoteaddr", "127.0.0.1:1")
                        .start()) {
            assertThat(run(client)).isEqualTo(1);
            assertThat(client.log()).contains("cannot listen on " + HostPort.format(taken.address()));
        }
    }

    @Test
    void carriesDataLogsWhatItDoesAndStopsOnSigterm() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp))) {
            new ExchangeClient(entrance).runAll(Map.of("exchange", new Exchange(1, 1_000_000, 1_000_000, 10_000)));
            target.assertServed(1);
            client.awaitLine("stream closed in: 127.0.0.1:\\d+ out: 127.0.0.1:" + udp + "\\(3\\)", EXIT_TIMEOUT_MS);
            server.awaitLine("stream closed in: 127.0.0.1:\\d+\\(3\\) out: ", EXIT_TIMEOUT_MS);
            for (JavaProgram program : List.of(client, server)) {
                assertKeyIsNowhere(program);
            }
            try (Socket idle = new Socket(entrance.getAddress(), entrance.getPort())) {
                assertThat(ProcessHandle.of(client.pid()).orElseThrow().destroy())
                        .isTrue(); // SIGTERM
                assertThat(run(client)).isEqualTo(SIGTERM_STATUS);
                ApplicationSocket.awaitReset(idle);
            }
            assertThat(ProcessHandle.of(server.pid()).orElseThrow().destroy()).isTrue();
            assertThat(run(server)).isEqualTo(SIGTERM_STATUS);
            assertThat(client.log())
                    .contains("INFO  millrace ", "| smux version: 2 |", "| key: *** |", "| encryption: aes |")
                    .contains("listening on 127.0.0.1:" + entrance.getPort() + ", tunnel to 127.0.0.1:" + udp)
                    .contains("session opened: ", "session closed: ", "stopping", "stopped")
                    .doesNotContain("ERROR", "Exception", TunnelCase.KEY);
            assertThat(server.log())
                    .contains("listening on 127.0.0.1:" + udp + "/udp, target " + HostPort.format(target.address()))
                    .contains("session opened: ", "session closed: ", "stopping", "stopped")
                    .doesNotContain("ERROR", "Exception", TunnelCase.KEY);
        }
    }

    /** Not on the command line, nor among the properties that diagnostic tools show. */
    private static void assertKeyIsNowhere(JavaProgram program) throws IOException, InterruptedException {
        assertThat(program.log()).doesNotContain(TunnelCase.KEY);
        assertThat(Files.readString(Path.of("/proc", Long.toString(program.pid()), "cmdline")))
                .doesNotContain(TunnelCase.KEY);
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        for (String command : List.of("VM.system_properties", "VM.command_line", "Thread.print")) {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(program.pid()), command)
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(text).isZero();
            assertThat(text).hasSizeGreaterThan(100).doesNotContain(TunnelCase.KEY);
        }
    }

    @Test
    void aJsonFileAndALogFileDoTheSame(@TempDir Path folder) throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        Path log = folder.resolve("client.log");
        Path json = Files.writeString(
                folder.resolve("client.json"),
                "{\"localaddr\": \"127.0.0.1:" + entrance.getPort() + "\", \"remoteaddr\": \"127.0.0.1:" + udp
                        + "\", \"crypt\": \"aes-128\", \"nocomp\": true, \"log\": \"" + log + "\"}");
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address(), "-crypt=aes-128", "-nocomp");
                JavaProgram client =
                        Programs.client().args("-c", json.toString()).start()) {
            client.awaitTcpListening(entrance.getPort(), Programs.START_TIMEOUT_MS);
            new ExchangeClient(entrance).runAll(Map.of("exchange", new Exchange(2, 100_000, 100_000, 10_000)));
            target.assertServed(1);
            assertThat(server.isAlive()).isTrue();
            try (Stream<String> lines = Files.lines(log)) {
                assertThat(lines).anyMatch(line -> line.contains("encryption: aes-128"));
            }
            assertThat(Files.readString(log)).contains("listening on ").doesNotContain(TunnelCase.KEY);
            assertThat(client.log()).doesNotContain("listening on ");
        }
    }

    @Test
    void mismatchedKeysAreNamedAsTheLikelyCause() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                JavaProgram client = Programs.client()
                        .environment("KCPTUN_KEY", "another key")
                        .args("-localaddr", HostPort.format(entrance), "-remoteaddr", "127.0.0.1:" + udp)
                        .start()) {
            client.awaitTcpListening(entrance.getPort(), Programs.START_TIMEOUT_MS);
            try (Socket socket = new Socket(entrance.getAddress(), entrance.getPort())) {
                socket.getOutputStream().write(1);
                server.awaitLine("packets from 127.0.0.1 failed the checksum: key or crypt differ", EXIT_TIMEOUT_MS);
                InputStream in = socket.getInputStream();
                assertThat(in.available()).isZero();
            }
            assertThat(target.completed()).isZero();
        }
    }
}
