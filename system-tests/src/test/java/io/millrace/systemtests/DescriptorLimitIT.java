package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A program that has no descriptors left says so once, keeps what it has, and goes on when there are some again. */
class DescriptorLimitIT {
    private static final int DESCRIPTORS = 256;
    private static final int CONNECTIONS = 400;
    private static final int CLOSED = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int udp = FreePorts.next();
    private final InetSocketAddress entrance = Programs.loopback(FreePorts.next());
    private final List<Socket> sockets = new ArrayList<>();

    private static List<String> limited() {
        return List.of("prlimit", "--nofile=" + DESCRIPTORS + ":" + DESCRIPTORS);
    }

    private void connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            sockets.add(ApplicationSocket.connect(entrance));
        }
    }

    /** Answers what came back: a byte, or -1 for the end. */
    private static int echo(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        return socket.getInputStream().read();
    }

    private static boolean isAnswered(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == 1;
        } catch (SocketException reset) {
            return false;
        }
    }

    private void close(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            sockets.remove(0).close();
        }
    }

    @AfterEach
    void closeAll() throws IOException {
        close(sockets.size());
    }

    private static void assertNoNoise(JavaProgram program) {
        assertThat(program.isAlive()).isTrue();
        assertThat(program.log()).doesNotContain("\tat ", "exceptionCaught", "ERROR");
    }

    @Test
    void aClientAcceptsAgainWhenOthersHaveGone() throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                JavaProgram server = Programs.startServer(udp, target.address(), "--quiet");
                JavaProgram client = Programs.client()
                        .by(limited())
                        .args("--localaddr", HostPort.format(entrance), "--remoteaddr", "127.0.0.1:" + udp, "--quiet")
                        .start()) {
            client.awaitTcpListening(entrance.getPort(), Programs.START_TIMEOUT_MS);
            connect(1);
            assertThat(echo(sockets.get(0), 1)).isEqualTo(1);
            connect(CONNECTIONS - 1);
            client.awaitLine("cannot accept connections on .*Too many open files.*LimitNOFILE", PATIENCE.toMillis());
            assertThat(echo(sockets.get(0), 2)).isEqualTo(2);
            close(CLOSED);
            for (Socket socket : sockets) {
                assertThat(echo(socket, 3)).isEqualTo(3);
            }
            assertNoNoise(client);
            assertNoNoise(server);
        }
    }

    @Test
    void aServerClosesWhatItCannotConnect() throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                JavaProgram server = Programs.server()
                        .by(limited())
                        .args("--listen", "127.0.0.1:" + udp, "--target", HostPort.format(target.address()), "--quiet")
                        .start();
                JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp), "--quiet")) {
            server.awaitUdpBound(udp, Programs.START_TIMEOUT_MS);
            connect(CONNECTIONS);
            for (Socket socket : sockets) {
                socket.getOutputStream().write(1);
            }
            int served = 0;
            for (Socket socket : sockets) {
                served += isAnswered(socket) ? 1 : 0;
            }
            assertThat(served).isBetween(1, DESCRIPTORS);
            server.awaitLine("cannot connect to target .*Too many open files.*LimitNOFILE", PATIENCE.toMillis());
            closeAll();
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(SocketException.class)
                    .untilAsserted(() -> {
                        connect(1);
                        assertThat(echo(sockets.get(sockets.size() - 1), 2)).isEqualTo(2);
                    });
            assertThat(server.log().lines().filter(line -> line.contains("cannot connect to target")))
                    .hasSizeLessThan((CONNECTIONS - DESCRIPTORS) / 2);
            assertNoNoise(server);
            assertNoNoise(client);
        }
    }
}
