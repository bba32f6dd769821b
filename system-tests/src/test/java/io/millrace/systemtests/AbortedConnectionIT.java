package io.millrace.systemtests;

import static io.millrace.systemtests.ApplicationSocket.reset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An application resets its connection in the middle. Between two Millraces the other end stops at once and resets its
 * application; a kcptun takes the FIN that comes along, which closes both directions, and carries on. spec: smux 3.1, 8.5
 */
@ExtendWith(NoBufferLeaks.class)
class AbortedConnectionIT {
    private static final int UPLOAD = 1;
    private static final int DOWNLOAD = 2;
    private static final int ECHO = 3;

    static Stream<TunnelCase> rows() {
        return Stream.of(Peers.JAVA_TO_JAVA, Peers.JAVA_TO_GO).flatMap(AbortedConnectionIT::versions);
    }

    static Stream<TunnelCase> servers() {
        return Stream.of(Peers.JAVA_TO_JAVA, Peers.GO_TO_JAVA).flatMap(AbortedConnectionIT::versions);
    }

    private static Stream<TunnelCase> versions(Peers peers) {
        return Stream.of(1, 2).map(version -> new TunnelCase(peers, "aes", Shards.OFF, version, false, "fast3"));
    }

    /** The first byte says what the target does. */
    private static void serve(Socket socket) throws IOException {
        int what = socket.getInputStream().read();
        byte[] chunk = new byte[16_384];
        if (what == ECHO) {
            socket.getOutputStream().write(what);
        } else if (what == UPLOAD) {
            while (true) {
                if (socket.getInputStream().read(chunk) < 0) {
                    throw new AssertionError("an upload that was cut off ended in order");
                }
            }
        } else {
            while (true) {
                socket.getOutputStream().write(chunk);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2)); // leaves the machine to others
            }
        }
    }

    private static Socket connect(Tunnel tunnel, int what) throws IOException {
        Socket socket = ApplicationSocket.connect(tunnel.entrance());
        socket.getOutputStream().write(what);
        return socket;
    }

    private static void assertStillCarries(Tunnel tunnel) throws IOException {
        try (Socket socket = connect(tunnel, ECHO)) {
            assertThat(socket.getInputStream().read()).isEqualTo(ECHO);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aDownloadEndsAtTheTarget(TunnelCase row) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(AbortedConnectionIT::serve);
                Tunnel tunnel = Tunnel.start(row, target.address())) {
            Socket application = connect(tunnel, DOWNLOAD);
            application.getInputStream().readNBytes(500_000);
            reset(application);
            target.awaitEndedSomehow();
            assertStillCarries(tunnel);
            if (row.peers() == Peers.JAVA_TO_JAVA) {
                lines.assertAllClosed(4);
                lines.assertSome("stream closed in: .*STREAM_RESET"); // so not by a time limit
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aDownloadWhoseRequestHadEndedEndsAtTheTarget(TunnelCase row) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(AbortedConnectionIT::serve);
                Tunnel tunnel = Tunnel.start(row, target.address())) {
            Socket application = connect(tunnel, DOWNLOAD);
            application.getInputStream().readNBytes(100_000);
            application.shutdownOutput();
            if (row.peers() == Peers.JAVA_TO_JAVA) {
                application.getInputStream().readNBytes(500_000);
            }
            reset(application);
            target.awaitEndedSomehow();
            assertStillCarries(tunnel);
            if (row.peers() == Peers.JAVA_TO_JAVA) {
                lines.assertAllClosed(4);
                lines.assertSome("stream closed in: .*STREAM_RESET");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void anUploadIsCutOffAtTheTarget(TunnelCase row) throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(AbortedConnectionIT::serve);
                Tunnel tunnel = Tunnel.start(row, target.address())) {
            Socket application = connect(tunnel, UPLOAD);
            application.getOutputStream().write(new byte[500_000]);
            reset(application);
            if (row.peers() == Peers.JAVA_TO_JAVA) {
                assertThat(target.awaitFailure()).isInstanceOf(SocketException.class);
            } else {
                target.awaitEndedSomehow();
            }
            assertStillCarries(tunnel);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("servers")
    void aTargetThatResetsEndsTheConnectionAtTheApplication(TunnelCase row) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    if (socket.getInputStream().read() == ECHO) {
                        socket.getOutputStream().write(ECHO);
                        return;
                    }
                    socket.getOutputStream().write(new byte[100_000]);
                    reset(socket);
                });
                Tunnel tunnel = Tunnel.start(row, target.address())) {
            try (Socket application = connect(tunnel, DOWNLOAD)) {
                if (row.peers() == Peers.JAVA_TO_JAVA) {
                    assertThatThrownBy(() -> application.getInputStream().readAllBytes())
                            .isInstanceOf(SocketException.class);
                } else {
                    application.getInputStream().readAllBytes(); // to an end: a kcptun has no other
                }
            }
            assertStillCarries(tunnel);
            if (row.peers() == Peers.JAVA_TO_JAVA) {
                lines.assertAllClosed(4);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void manyResetsLeaveTheSessionWhole(TunnelCase row) throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(AbortedConnectionIT::serve);
                Tunnel tunnel = Tunnel.start(row, target.address())) {
            for (int i = 0; i < 50; i++) {
                reset(connect(tunnel, i % 2 == 0 ? DOWNLOAD : UPLOAD));
            }
            assertStillCarries(tunnel);
        }
    }
}
