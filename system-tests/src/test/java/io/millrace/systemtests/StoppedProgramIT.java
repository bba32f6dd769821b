package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A program is told to stop in the midst of transfers, which must not look complete to either application. spec: tunnel 8.2 */
@ExtendWith(NoBufferLeaks.class)
class StoppedProgramIT {
    private static final int UPLOAD = 1;
    private static final int DOWNLOAD = 2;

    /** Who stops, in which tunnel, and how. A kcptun cannot be told that it was no end. */
    static Stream<Arguments> stops() {
        Consumer<Tunnel> client = Tunnel::stopClient;
        Consumer<Tunnel> server = Tunnel::stopServer;
        return Stream.of(1, 2)
                .flatMap(version -> Stream.of(
                        Arguments.of("client", row(Peers.JAVA_TO_JAVA, version), client),
                        Arguments.of("client", row(Peers.JAVA_TO_GO, version), client),
                        Arguments.of("server", row(Peers.JAVA_TO_JAVA, version), server),
                        Arguments.of("server", row(Peers.GO_TO_JAVA, version), server)));
    }

    private static TunnelCase row(Peers peers, int version) {
        return new TunnelCase(peers, "aes", Shards.OFF, version, false, "fast3");
    }

    private static Socket connect(Tunnel tunnel, int what) throws IOException {
        Socket socket = ApplicationSocket.connect(tunnel.entrance());
        socket.getOutputStream().write(what);
        return socket;
    }

    private static void serve(Socket socket) throws IOException {
        byte[] chunk = new byte[16_384];
        if (socket.getInputStream().read() == UPLOAD) {
            socket.getOutputStream().write(UPLOAD);
            while (true) {
                if (socket.getInputStream().read(chunk) < 0) {
                    throw new AssertionError("an upload that was cut off ended in order");
                }
            }
        }
        while (true) {
            socket.getOutputStream().write(chunk);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2)); // leaves the machine to others
        }
    }

    @ParameterizedTest(name = "{0} of {1}")
    @MethodSource("stops")
    void aDownloadThatWasCutOffDoesNotEndInOrder(String who, TunnelCase row, Consumer<Tunnel> stop) throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(StoppedProgramIT::serve);
                Tunnel tunnel = Tunnel.start(row, target.address())) {
            try (Socket application = connect(tunnel, DOWNLOAD)) {
                application.getInputStream().readNBytes(500_000);
                stop.accept(tunnel);
                if (!row.peers().goClient()) {
                    assertThatThrownBy(() -> application.getInputStream().transferTo(OutputStream.nullOutputStream()))
                            .isInstanceOf(SocketException.class);
                }
                target.awaitEndedSomehow();
            }
        }
    }

    @ParameterizedTest(name = "{0} of {1}")
    @MethodSource("stops")
    void anUploadThatWasCutOffDoesNotEndInOrder(String who, TunnelCase row, Consumer<Tunnel> stop) throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(StoppedProgramIT::serve);
                Tunnel tunnel = Tunnel.start(row, target.address())) {
            try (Socket application = connect(tunnel, UPLOAD)) {
                application.getOutputStream().write(new byte[300_000]);
                assertThat(application.getInputStream().read()).isEqualTo(UPLOAD);
                stop.accept(tunnel);
                if (row.peers().goServer()) {
                    target.awaitEndedSomehow();
                } else {
                    assertThat(target.awaitFailure()).isInstanceOf(SocketException.class);
                }
            }
        }
    }
}
