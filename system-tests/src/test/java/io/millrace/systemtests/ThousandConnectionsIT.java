package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.JavaProgram;
import io.millrace.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thousand connections at once through one pair of programs that have 128 MB of heap each. */
@ExtendWith(NoBufferLeaks.class)
class ThousandConnectionsIT {
    private static final int CONNECTIONS = 1000;
    private static final int BYTES = 64 << 10;

    @ParameterizedTest(name = "smux {0}")
    @ValueSource(strings = {"1", "2"})
    void allAreServedAtOnce(String smuxVersion) {
        Seeds.run(1000, seeds -> {
            Map<String, Exchange> exchanges = new LinkedHashMap<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                String name = "connection " + i;
                exchanges.put(name, new Exchange(seeds.derive(name), BYTES, BYTES, 4096));
            }
            int udp = FreePorts.next();
            int tcp = FreePorts.next();
            try (ExchangeServer target = new ExchangeServer(0, CONNECTIONS);
                    JavaProgram server =
                            Programs.startServer(udp, target.address(), "--quiet", "--smuxver", smuxVersion);
                    JavaProgram client =
                            Programs.startClient(tcp, Programs.loopback(udp), "--quiet", "--smuxver", smuxVersion)) {
                try {
                    new ExchangeClient(Programs.loopback(tcp)).runAll(exchanges);
                } catch (AssertionError e) {
                    throw new AssertionError(
                            e.getMessage() + "\nserver:\n" + endOf(server.log()) + "\nclient:\n" + endOf(client.log()),
                            e);
                }
                target.assertServed(CONNECTIONS);
                assertThat(server.isAlive()).isTrue();
                assertThat(client.isAlive()).isTrue();
                assertThat(server.log() + client.log()).doesNotContain("OutOfMemoryError", "LEAK:", "ERROR");
            }
        });
    }

    private static String endOf(String log) {
        return log.substring(Math.max(0, log.length() - 2000));
    }
}
