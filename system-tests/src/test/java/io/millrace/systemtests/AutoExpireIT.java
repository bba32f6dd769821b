package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.JavaProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What {@code autoexpire} and {@code scavengettl} do to sessions and to the connections on them. spec: tunnel 2.5 */
@Execution(ExecutionMode.CONCURRENT)
class AutoExpireIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int MESSAGES = 20;

    private final int udp = FreePorts.next();
    private final InetSocketAddress entrance = Programs.loopback(FreePorts.next());

    private JavaProgram startClient(String... flags) {
        return Programs.startClient(entrance.getPort(), Programs.loopback(udp), flags);
    }

    private static void awaitMore(Conversation conversation) {
        long before = conversation.messages();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(conversation.messages()).isGreaterThan(before + MESSAGES));
    }

    private void converse() throws IOException {
        try (Conversation conversation = new Conversation(entrance)) {
            awaitMore(conversation);
        }
    }

    @Test
    void anOldSessionTakesNoNewConnectionsAndKeepsThoseItHas() throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                JavaProgram server = Programs.startServer(udp, target.address());
                JavaProgram client = startClient("-autoexpire", "1");
                Conversation old = new Conversation(entrance)) {
            awaitMore(old);
            await().atMost(PATIENCE).until(() -> {
                converse();
                return client.log().matches("(?s).* expired; connections it still serves: [1-9].*");
            });
            converse();
            awaitMore(old);
            assertThat(server.log().lines().filter(line -> line.contains("session opened: ")))
                    .hasSizeGreaterThan(1);
            assertThat(client.log()).doesNotContain("connections reset");
        }
    }

    @Test
    void scavengettlResetsTheConnectionsOfAnExpiredSession() throws Exception {
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                JavaProgram server = Programs.startServer(udp, target.address());
                JavaProgram client = startClient("-autoexpire", "1", "-scavengettl", "1");
                Conversation old = new Conversation(entrance)) {
            await().atMost(PATIENCE).until(() -> !old.isOpen());
            assertThat(old.end()).isEqualTo(Conversation.End.RESET);
            client.awaitLine(
                    "session .* expired, and scavengettl has passed; connections reset: 1", PATIENCE.toMillis());
            converse();
            assertThat(server.isAlive()).isTrue();
        }
    }
}
