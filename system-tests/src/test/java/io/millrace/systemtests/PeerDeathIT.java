package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.JavaProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * One program dies without a word. The other notices when its session has heard nothing for 30 to 60 s, so these tests wait long
 * and run beside others. spec: smux 12
 */
@Execution(ExecutionMode.CONCURRENT)
class PeerDeathIT {
    private static final Duration SESSION_DEATH = Duration.ofSeconds(150);

    private static final Map<String, Exchange> ONE = Map.of("exchange", new Exchange(1, 100_000, 100_000, 10_000));

    @Test
    void newConnectionsWorkAfterTheServerWasRestarted() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram killed = Programs.startServer(udp, target.address());
                JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp));
                Socket idle = new Socket(entrance.getAddress(), entrance.getPort())) {
            ExchangeClient exchanges = new ExchangeClient(entrance);
            exchanges.runAll(ONE);
            killed.kill();
            try (JavaProgram restarted = Programs.startServer(udp, target.address())) {
                // Connections of the dead session end with it; then there is a new one.
                idle.setSoTimeout((int) SESSION_DEATH.toMillis());
                assertThat(readToEndOrReset(idle)).isEmpty();
                exchanges.runAll(ONE);
                assertThat(restarted.isAlive()).isTrue();
                assertThat(client.isAlive()).isTrue();
                assertThat(client.log()).contains("KEEP_ALIVE_TIMEOUT");
            }
        }
    }

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

    private static byte[] readToEndOrReset(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }
}
