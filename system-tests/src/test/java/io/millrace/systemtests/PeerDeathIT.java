package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.JavaProgram;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A client dies without a word. The server notices when its session has heard nothing for 30 to 60 s, so this waits long and runs
 * beside others. What the client does when the server dies is in {@link RecoveryIT}. spec: smux 12
 */
@Execution(ExecutionMode.CONCURRENT)
class PeerDeathIT {
    private static final Duration SESSION_DEATH = Duration.ofSeconds(150);

    private static final Map<String, Exchange> ONE = Map.of("exchange", new Exchange(1, 100_000, 100_000, 10_000));

    @Test
    void aServerLetsGoOfTheConnectionsOfAClientThatDied() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                JavaProgram killed = Programs.startClient(entrance.getPort(), Programs.loopback(udp));
                Socket application = new Socket(entrance.getAddress(), entrance.getPort())) {
            application.getOutputStream().write(1); // so that there is a stream
            await().atMost(Duration.ofSeconds(30)).until(() -> target.open() == 1);
            killed.kill();
            await().atMost(SESSION_DEATH).until(() -> target.open() == 0);
            InetSocketAddress next = Programs.loopback(FreePorts.next());
            try (JavaProgram client = Programs.startClient(next.getPort(), Programs.loopback(udp))) {
                new ExchangeClient(next).runAll(ONE);
                target.assertServed(1);
                assertThat(client.isAlive()).isTrue();
                assertThat(server.isAlive()).isTrue();
            }
        }
    }
}
