package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.GoKcptun;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections of applications and to targets notice within minutes that the other machine is gone, as those of kcptun: the
 * kernel's timers of both ends, from its tables. spec: tunnel 2.2, 3.3
 */
class TcpKeepAliveIT {
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int TIMER = 5;
    private static final String ESTABLISHED = "01";
    private static final String KEEP_ALIVE = "02";
    private static final int TICKS_PER_SECOND = 100;

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    /** The rows of established connections. */
    private static List<String[]> connections() {
        List<String[]> rows = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            try {
                for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
                    String[] row = line.trim().split("\\s+");
                    if (row[STATE].equals(ESTABLISHED)) {
                        rows.add(row);
                    }
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return rows;
    }

    /** In how many seconds the end with this port in the column asks the other one for a sign of life; -1 if it does not. */
    private static int secondsToKeepAlive(int column, int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        String[] row = connections().stream()
                .filter(candidate -> candidate[column].endsWith(suffix))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no connection with port " + port));
        String[] timer = row[TIMER].split(":", -1);
        return timer[0].equals(KEEP_ALIVE) ? Integer.parseInt(timer[1], 16) / TICKS_PER_SECOND : -1;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Peers.class)
    void bothEndsAskEvery15Seconds(Peers peers) throws Exception {
        TunnelCase settings = new TunnelCase(peers, "aes", Shards.TEN_THREE, 2, false, "fast3");
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                Tunnel tunnel = Tunnel.start(settings, target.address());
                Socket application = ApplicationSocket.connect(tunnel.entrance())) {
            application.getOutputStream().write(1);
            assertThat(application.getInputStream().read()).isEqualTo(1);
            await().untilAsserted(() -> {
                assertThat(secondsToKeepAlive(LOCAL, tunnel.entrance().getPort()))
                        .isBetween(0, 15);
                assertThat(secondsToKeepAlive(REMOTE, target.address().getPort()))
                        .isBetween(0, 15);
            });
        }
    }
}
