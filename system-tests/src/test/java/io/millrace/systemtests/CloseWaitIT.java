package io.millrace.systemtests;

import static io.millrace.systemtests.ApplicationSocket.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code closewait} does on each side, the rows of kcptun's table among them. spec: tunnel 4 */
@ExtendWith(NoBufferLeaks.class)
class CloseWaitIT {
    private static final Payload REQUEST = new Payload(1, 100_000);
    /** More than all buffers on the way, so that it cannot be under way already when the end of input is told. */
    private static final Payload LONG_ANSWER = new Payload(2, 12_000_000);

    private static final List<String> NO_FLAGS = List.of();
    /** Only a hang would last that long. */
    private static final List<String> TEN_MINUTES = List.of("--closewait", "600");

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    private static TunnelCase settings(Peers peers, int smuxVersion) {
        return new TunnelCase(peers, "aes", Shards.TEN_THREE, smuxVersion, false, "fast3");
    }

    @ParameterizedTest(name = "smux {0}")
    @ValueSource(ints = {1, 2})
    void onTheClientItLetsTheAnswerOfAKcptunServerArriveAfterTheEndOfInput(int smuxVersion) throws Exception {
        CountDownLatch halfClosed = new CountDownLatch(1);
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    InputStream in = socket.getInputStream();
                    assertThat(in.readNBytes((int) REQUEST.lengthBytes())).isEqualTo(REQUEST.bytes());
                    await(halfClosed);
                    LONG_ANSWER.writeTo(socket.getOutputStream());
                });
                Tunnel tunnel =
                        Tunnel.start(settings(Peers.JAVA_TO_GO, smuxVersion), target.address(), TEN_MINUTES, NO_FLAGS);
                Socket application = connect(tunnel.entrance())) {
            REQUEST.writeTo(application.getOutputStream());
            application.shutdownOutput();
            halfClosed.countDown();
            LONG_ANSWER.readFrom(application.getInputStream()); // to its end, which ends the waiting
            target.awaitEnded();
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = Peers.class,
            names = {"GO_TO_JAVA", "JAVA_TO_JAVA"})
    void onTheServerItDoesNotDelayTheEndOfAnAnswer(Peers peers) throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(socket -> LONG_ANSWER.writeTo(socket.getOutputStream()));
                Tunnel tunnel = Tunnel.start(settings(peers, 2), target.address(), NO_FLAGS, TEN_MINUTES);
                Socket application = connect(tunnel.entrance())) {
            LONG_ANSWER.readFrom(application.getInputStream());
            target.awaitEnded();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = Peers.class,
            names = {"GO_TO_JAVA", "JAVA_TO_JAVA"})
    void onTheServerItDoesNotDelayTheEndOfInput(Peers peers) throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(socket -> REQUEST.readFrom(socket.getInputStream()));
                Tunnel tunnel = Tunnel.start(settings(peers, 2), target.address(), NO_FLAGS, TEN_MINUTES);
                Socket application = connect(tunnel.entrance())) {
            REQUEST.writeTo(application.getOutputStream());
            application.shutdownOutput();
            target.awaitEnded();
        }
    }

    @ParameterizedTest(name = "smux {0}")
    @ValueSource(ints = {1, 2})
    void atZeroTheServerResetsATargetThatAnswersAfterTheEndOfInput(int smuxVersion) throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    REQUEST.readFrom(socket.getInputStream());
                    assertThatThrownBy(() -> LONG_ANSWER.writeTo(socket.getOutputStream()))
                            .isInstanceOf(SocketException.class);
                });
                Tunnel tunnel = Tunnel.start(
                        settings(Peers.JAVA_TO_JAVA, smuxVersion),
                        target.address(),
                        NO_FLAGS,
                        List.of("--closewait", "0"));
                Socket application = connect(tunnel.entrance())) {
            REQUEST.writeTo(application.getOutputStream());
            application.shutdownOutput();
            target.awaitEnded();
            // nothing of the answer, and no end of input that would look like an empty one
            assertThatThrownBy(() -> application.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }
}
