package io.millrace.systemtests;

import static io.millrace.systemtests.ApplicationSocket.connect;
import static io.millrace.systemtests.ApplicationSocket.reset;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications and targets that are not there, reset or vanish: their connection ends, everything else goes on. */
@ExtendWith(NoBufferLeaks.class)
class EndpointFailuresIT {
    private static final int RESETS = 20;
    private static final int UPLOAD = 1;
    private static final int ECHO = 2;

    private static TunnelCase settings(int smuxVersion) {
        return new TunnelCase(Peers.JAVA_TO_JAVA, "aes", Shards.OFF, smuxVersion, false, "fast3");
    }

    /** The first byte says what the target does after sending it back: swallow what comes, or end. */
    private static void swallowOrEcho(Socket socket) throws IOException {
        int what = socket.getInputStream().read();
        socket.getOutputStream().write(what);
        byte[] chunk = new byte[16_384];
        if (what == UPLOAD) {
            while (socket.getInputStream().read(chunk) >= 0) {}
        }
    }

    private static void assertStillCarries(InetSocketAddress entrance) throws IOException {
        try (Socket socket = connect(entrance)) {
            socket.getOutputStream().write(ECHO);
            assertThat(socket.getInputStream().readAllBytes()).containsExactly(ECHO);
        }
    }

    @Test
    void aTargetThatIsDownEndsTheConnectionAndNothingElse() throws Exception {
        InetSocketAddress address = Programs.loopback(FreePorts.next());
        try (Tunnel tunnel = Tunnel.start(settings(2), address)) {
            for (int i = 0; i < RESETS; i++) {
                try (Socket application = connect(tunnel.entrance())) {
                    assertEnds(application);
                }
            }
            try (ExchangeServer target = new ExchangeServer(address.getPort(), 1)) {
                new ExchangeClient(tunnel.entrance())
                        .runAll(Map.of("exchange", new Exchange(1, 100_000, 100_000, 999)));
                target.assertServed(1);
            }
        }
    }

    @ParameterizedTest(name = "smux {0}")
    @ValueSource(ints = {1, 2})
    void applicationsThatResetAnUploadEndItAtTheTarget(int smuxVersion) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(EndpointFailuresIT::swallowOrEcho);
                Tunnel tunnel = Tunnel.start(settings(smuxVersion), target.address())) {
            for (int i = 0; i < RESETS; i++) {
                Socket application = connect(tunnel.entrance());
                application.getOutputStream().write(UPLOAD);
                // A connection that is reset before the client has a session for it never gets to the target.
                assertThat(application.getInputStream().read()).isEqualTo(UPLOAD);
                application.getOutputStream().write(new byte[300_000]);
                reset(application);
                target.awaitEndedSomehow();
            }
            assertStillCarries(tunnel.entrance());
            lines.assertAllClosed(2 * (RESETS + 1));
        }
    }

    @ParameterizedTest(name = "smux {0}")
    @ValueSource(ints = {1, 2})
    void targetsThatResetEndTheConnectionAtTheApplication(int smuxVersion) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    socket.getInputStream().readNBytes(100_000);
                    reset(socket);
                });
                Tunnel tunnel = Tunnel.start(settings(smuxVersion), target.address())) {
            for (int i = 0; i < RESETS; i++) {
                try (Socket application = connect(tunnel.entrance())) {
                    application.getOutputStream().write(new byte[100_000]);
                    assertEnds(application);
                }
            }
            lines.assertAllClosed(2 * RESETS);
        }
    }

    /** End of input or a reset; not silence. */
    private static void assertEnds(Socket application) throws IOException {
        try {
            assertThat(application.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }
}
