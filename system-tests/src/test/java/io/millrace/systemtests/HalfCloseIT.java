package io.millrace.systemtests;

import static io.millrace.systemtests.ApplicationSocket.connect;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The end of one direction while the other goes on. Between two Millraces nothing is lost. A kcptun of 2021 closes both
 * directions on FIN, so an answer that begins after the end of input is lost there, as it is between two kcptuns; what must
 * hold is that everything before arrives, and that nothing hangs or is left over. spec: smux 8.5, tunnel 4
 */
@ExtendWith(NoBufferLeaks.class)
class HalfCloseIT {
    private static final Payload REQUEST = new Payload(1, 300_000);
    private static final Payload ANSWER = new Payload(2, 32_000);
    private static final Payload LONG_ANSWER = new Payload(3, 6_000_000);

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    private static TunnelCase settings(Peers peers, int smuxVersion, boolean compression) {
        return new TunnelCase(peers, "aes", Shards.TEN_THREE, smuxVersion, compression, "fast3");
    }

    static Stream<Arguments> answers() {
        return Stream.of(ANSWER, LONG_ANSWER)
                .flatMap(answer -> Stream.of(1, 2).flatMap(version -> Stream.of(false, true)
                        .map(compression -> Arguments.of(version, compression, answer.lengthBytes(), answer))));
    }

    @ParameterizedTest(name = "smux {0}, snappy {1}, answer of {2} bytes")
    @MethodSource("answers")
    void theWholeAnswerArrivesAfterTheEndOfInput(int smuxVersion, boolean compression, long answerBytes, Payload answer)
            throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    REQUEST.readFrom(socket.getInputStream()); // to its end
                    answer.writeTo(socket.getOutputStream());
                });
                Tunnel tunnel = Tunnel.start(settings(Peers.JAVA_TO_JAVA, smuxVersion, compression), target.address());
                Socket application = connect(tunnel.entrance())) {
            REQUEST.writeTo(application.getOutputStream());
            application.shutdownOutput();
            answer.readFrom(application.getInputStream());
            target.awaitEnded();
            lines.assertAllClosed(2);
        }
    }

    @ParameterizedTest(name = "smux {0}")
    @ValueSource(ints = {1, 2})
    void theApplicationGoesOnAfterTheTargetHasEnded(int smuxVersion) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    ANSWER.writeTo(socket.getOutputStream());
                    socket.shutdownOutput();
                    LONG_ANSWER.readFrom(socket.getInputStream());
                });
                Tunnel tunnel = Tunnel.start(settings(Peers.JAVA_TO_JAVA, smuxVersion, false), target.address());
                Socket application = connect(tunnel.entrance())) {
            ANSWER.readFrom(application.getInputStream());
            LONG_ANSWER.writeTo(application.getOutputStream());
            application.shutdownOutput();
            target.awaitEnded();
            lines.assertAllClosed(2);
        }
    }

    static Stream<Arguments> withKcptun() {
        return Stream.of(Peers.JAVA_TO_GO, Peers.GO_TO_JAVA)
                .flatMap(peers -> Stream.of(1, 2).map(version -> Arguments.of(peers, version)));
    }

    @ParameterizedTest(name = "{0}, smux {1}")
    @MethodSource("withKcptun")
    void whatWasSentBeforeTheEndArrives(Peers peers, int smuxVersion) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(socket -> REQUEST.readFrom(socket.getInputStream()));
                Tunnel tunnel = Tunnel.start(settings(peers, smuxVersion, false), target.address());
                Socket application = connect(tunnel.entrance())) {
            REQUEST.writeTo(application.getOutputStream());
            application.shutdownOutput();
            target.awaitEnded();
            assertThat(application.getInputStream().read()).isEqualTo(-1);
            lines.assertAllClosed(1);
        }
    }

    @ParameterizedTest(name = "{0}, smux {1}")
    @MethodSource("withKcptun")
    void anAnswerBeforeTheEndOfInputArrives(Peers peers, int smuxVersion) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    InputStream in = socket.getInputStream();
                    assertThat(in.readNBytes((int) REQUEST.lengthBytes())).isEqualTo(REQUEST.bytes());
                    LONG_ANSWER.writeTo(socket.getOutputStream());
                    assertThat(in.read()).isEqualTo(-1);
                });
                Tunnel tunnel = Tunnel.start(settings(peers, smuxVersion, false), target.address());
                Socket application = connect(tunnel.entrance())) {
            REQUEST.writeTo(application.getOutputStream());
            InputStream in = application.getInputStream();
            assertThat(in.readNBytes((int) LONG_ANSWER.lengthBytes())).isEqualTo(LONG_ANSWER.bytes());
            application.shutdownOutput();
            target.awaitEnded();
            assertThat(in.read()).isEqualTo(-1);
            lines.assertAllClosed(1);
        }
    }

    @ParameterizedTest(name = "{0}, smux {1}")
    @MethodSource("withKcptun")
    void theTargetsEndIsTheEndOfACompleteAnswer(Peers peers, int smuxVersion) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(socket -> LONG_ANSWER.writeTo(socket.getOutputStream()));
                Tunnel tunnel = Tunnel.start(settings(peers, smuxVersion, false), target.address());
                Socket application = connect(tunnel.entrance())) {
            LONG_ANSWER.readFrom(application.getInputStream());
            application.shutdownOutput();
            target.awaitEnded();
            lines.assertAllClosed(1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = Peers.class,
            names = {"JAVA_TO_GO", "GO_TO_JAVA"})
    void anAnswerAfterTheEndOfInputIsCutByKcptunButNothingHangs(Peers peers) throws Exception {
        StreamLines lines = new StreamLines();
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    REQUEST.readFrom(socket.getInputStream());
                    ANSWER.writeTo(socket.getOutputStream());
                });
                Tunnel tunnel = Tunnel.start(settings(peers, 2, false), target.address());
                Socket application = connect(tunnel.entrance())) {
            REQUEST.writeTo(application.getOutputStream());
            application.shutdownOutput();
            byte[] got = readToEndOrReset(application);
            assertThat(got).isEqualTo(Arrays.copyOf(ANSWER.bytes(), got.length));
            target.awaitEndedSomehow();
            lines.assertAllClosed(1);
        }
    }

    private static byte[] readToEndOrReset(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }
}
