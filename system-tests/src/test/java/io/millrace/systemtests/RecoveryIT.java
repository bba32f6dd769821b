package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import io.millrace.testkit.LinkEmulator;
import io.millrace.testkit.LinkProfile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The client finds its way back by itself: new connections work, those that are lost are reset, and none hangs. Nothing here
 * may end by the keep-alive, which takes 30 to 60 s. spec: tunnel 2.5
 */
@Execution(ExecutionMode.CONCURRENT)
class RecoveryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CONVERSATIONS = 8;
    private static final int MESSAGES = 200;

    /** Which program plays the server. */
    enum Server {
        MILLRACE,
        KCPTUN;

        AutoCloseable start(int port, InetSocketAddress target) {
            return this == MILLRACE
                    ? Programs.startServer(port, target, "-smuxver", "1", "-mode", "fast3")
                    : GoKcptun.server(target)
                            .port(port)
                            .key(TunnelCase.KEY)
                            .args("-smuxver", "1", "-mode", "fast3")
                            .start();
        }

        static void kill(AutoCloseable server) {
            if (server instanceof JavaProgram program) {
                program.kill();
            } else {
                ((GoKcptun) server).kill();
            }
        }
    }

    private static JavaProgram client(InetSocketAddress entrance, String remote, String... more) {
        JavaProgram client = Programs.client()
                .args("-localaddr", HostPort.format(entrance), "-remoteaddr", remote)
                .args("-smuxver", "1", "-mode", "fast3")
                .args(more)
                .start();
        client.awaitTcpListening(entrance.getPort(), Programs.START_TIMEOUT_MS);
        return client;
    }

    private static List<Conversation> converse(InetSocketAddress entrance, int count) throws IOException {
        List<Conversation> conversations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            conversations.add(new Conversation(entrance));
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(conversations).allMatch(c -> c.messages() >= MESSAGES));
        return conversations;
    }

    /** Each with the path that carries it: the one that was busy while no other conversation spoke. */
    private static Map<Conversation, LinkEmulator> converseOneByOne(
            InetSocketAddress entrance, int count, List<LinkEmulator> paths) throws IOException {
        Map<Conversation, LinkEmulator> conversations = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            long[] before = delivered(paths);
            Conversation conversation = converse(entrance, 1).get(0);
            conversation.pause();
            long[] after = delivered(paths);
            int busiest = 0;
            for (int j = 1; j < after.length; j++) {
                if (after[j] - before[j] > after[busiest] - before[busiest]) {
                    busiest = j;
                }
            }
            conversations.put(conversation, paths.get(busiest));
        }
        conversations.keySet().forEach(Conversation::goOn);
        return conversations;
    }

    private static long[] delivered(List<LinkEmulator> paths) {
        return paths.stream()
                .mapToLong(path -> path.toTargetCounters().delivered())
                .toArray();
    }

    private static List<Conversation> on(Map<Conversation, LinkEmulator> conversations, Predicate<LinkEmulator> path) {
        return conversations.keySet().stream()
                .filter(conversation -> path.test(conversations.get(conversation)))
                .toList();
    }

    private static void awaitResets(List<Conversation> conversations) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(conversations).noneMatch(Conversation::isOpen));
        assertThat(conversations).allMatch(c -> c.end() == Conversation.End.RESET);
    }

    private static void assertGoesOn(Conversation conversation) {
        long before = conversation.messages();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(conversation.messages()).isGreaterThan(before + MESSAGES));
    }

    private static void assertCarries(InetSocketAddress entrance) throws IOException {
        try (Conversation conversation = new Conversation(entrance)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(conversation.messages()).isGreaterThan(MESSAGES));
        }
    }

    private static void closeAll(List<Conversation> conversations) throws IOException {
        for (Conversation conversation : conversations) {
            conversation.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aRestartOfTheServerUnderLoad(Server kind) throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                JavaProgram client = client(entrance, "127.0.0.1:" + udp)) {
            AutoCloseable killed = kind.start(udp, target.address());
            List<Conversation> old = converse(entrance, CONVERSATIONS);
            Server.kill(killed);
            try (AutoCloseable restarted = kind.start(udp, target.address())) {
                client.awaitLine("answers on a new session, which takes over", PATIENCE.toMillis());
                assertCarries(entrance);
                awaitResets(old);
                client.awaitLine("is lost: the server answers on a newer one", PATIENCE.toMillis());
                assertCarries(entrance);
                assertThat(restarted).isNotNull();
            }
            assertThat(client.log()).doesNotContain("KEEP_ALIVE_TIMEOUT", "ERROR", "LEAK");
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void connectionsThatComeWhileTheServerIsAwayAreServedWhenItIsBack(Server kind) throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                JavaProgram client = client(entrance, "127.0.0.1:" + udp)) {
            AutoCloseable killed = kind.start(udp, target.address());
            List<Conversation> old = converse(entrance, 2);
            Server.kill(killed);
            client.awaitLine("no answer from 127.0.0.1:" + udp, PATIENCE.toMillis());
            List<Conversation> early = new ArrayList<>();
            for (int i = 0; i < CONVERSATIONS; i++) {
                early.add(new Conversation(entrance));
            }
            Socket complete = sendAndEnd(entrance, 50_000);
            abort(entrance);
            try (AutoCloseable restarted = kind.start(udp, target.address())) {
                early.forEach(RecoveryIT::assertGoesOn);
                awaitResets(old);
                assertThat(early).allMatch(Conversation::isOpen);
                closeAll(early);
                if (kind == Server.MILLRACE) { // a kcptun ends both directions when one ends
                    assertThat(complete.getInputStream().readAllBytes()).hasSize(50_000);
                }
                complete.close();
                assertThat(restarted).isNotNull();
            }
            assertThat(client.log()).doesNotContain("exceptionCaught");
        }
    }

    /** All that an application has to say, before there is anything that could carry it. */
    private static Socket sendAndEnd(InetSocketAddress entrance, int bytes) throws IOException {
        Socket socket = ApplicationSocket.connect(entrance);
        socket.getOutputStream().write(new byte[bytes]);
        socket.shutdownOutput();
        return socket;
    }

    private static void abort(InetSocketAddress entrance) throws IOException {
        Socket socket = ApplicationSocket.connect(entrance);
        socket.getOutputStream().write(1);
        ApplicationSocket.reset(socket);
    }

    /** An idle client notices by its next keep-alive; the connection that was open then is reset, not left hanging. */
    @Test
    void aRestartWhileNothingIsSent() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram killed = Programs.startServer(udp, target.address());
                JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(udp));
                Socket idle = new Socket(entrance.getAddress(), entrance.getPort())) {
            ExchangeClient exchanges = new ExchangeClient(entrance);
            exchanges.runAll(Map.of("before", new Exchange(1, 100_000, 100_000, 10_000)));
            killed.kill();
            try (JavaProgram restarted = Programs.startServer(udp, target.address())) {
                ApplicationSocket.awaitReset(idle);
                exchanges.runAll(Map.of("after", new Exchange(2, 100_000, 100_000, 10_000)));
                assertThat(restarted.isAlive()).isTrue();
            }
            assertThat(client.log()).contains("is lost").doesNotContain("KEEP_ALIVE_TIMEOUT");
        }
    }

    /** As by a NAT that has forgotten the client: its packets come from a port that the server does not know. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aChangeOfTheClientsAddress(Server kind) throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                AutoCloseable server = kind.start(udp, target.address());
                LinkEmulator nat = LinkEmulator.builder(Programs.loopback(udp)).start();
                JavaProgram client = client(entrance, HostPort.format(nat.address()))) {
            List<Conversation> old = converse(entrance, 2);
            nat.forgetClients();
            client.awaitLine("answers on a new session, which takes over", PATIENCE.toMillis());
            assertCarries(entrance);
            awaitResets(old);
            assertThat(client.log()).doesNotContain("KEEP_ALIVE_TIMEOUT");
            assertThat(server).isNotNull();
        }
    }

    @Test
    void oneDeadPathOfFour() throws Exception {
        int paths = 4;
        int udp = FreePorts.next();
        int first = FreePorts.range(paths);
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        List<LinkEmulator> emulators = new ArrayList<>();
        try (ScriptedTarget target = new ScriptedTarget(Conversation::echo);
                AutoCloseable server = Server.MILLRACE.start(udp, target.address())) {
            for (int i = 0; i < paths; i++) {
                emulators.add(LinkEmulator.builder(Programs.loopback(udp))
                        .listen(Programs.loopback(first + i))
                        .start());
            }
            try (JavaProgram client =
                    client(entrance, "127.0.0.1:" + first + "-" + (first + paths - 1), "-conn", "4")) {
                Map<Conversation, LinkEmulator> old = converseOneByOne(entrance, 8, emulators);
                LinkEmulator dead = old.values().stream()
                        .min(Comparator.comparingInt(LinkEmulator::clients))
                        .orElseThrow();
                assertThat(emulators.stream().mapToInt(LinkEmulator::clients).sum())
                        .as(client::log)
                        .isEqualTo(4);
                dead.setBlackout(true);
                client.awaitLine("no answer from", PATIENCE.toMillis());
                // None of these waits for the dead session, nor for what replaces it.
                for (int i = 0; i < 8; i++) {
                    assertCarries(entrance);
                }
                awaitResets(on(old, path -> path == dead));
                List<Conversation> others = on(old, path -> path != dead);
                assertThat(others).as(client::log).allMatch(Conversation::isOpen);
                others.forEach(RecoveryIT::assertGoesOn);
                for (int i = 0; i < 8; i++) {
                    assertCarries(entrance);
                }
                closeAll(others);
                assertThat(client.log()).contains("which takes over").doesNotContain("KEEP_ALIVE_TIMEOUT");
            }
            assertThat(server).isNotNull();
        } finally {
            emulators.forEach(LinkEmulator::close);
        }
    }

    /** A link that carries nothing for a while is no dead server: what is on its way arrives. */
    @Test
    void aBlackoutCostsNoConnection() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        LinkProfile slow = LinkProfile.builder()
                .delayMs(10)
                .rateBitsPerSecond(20e6)
                .lossProbability(0.01)
                .build();
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                LinkEmulator link = LinkEmulator.builder(Programs.loopback(udp))
                        .profile(slow)
                        .seed(5)
                        .start();
                JavaProgram client = Programs.startClient(entrance.getPort(), link.address())) {
            ExchangeClient exchanges = new ExchangeClient(entrance);
            var transfer = exchanges.start(new Exchange(3, 4 << 20, 4 << 20, 32_768));
            await().atMost(PATIENCE).until(() -> link.toTargetCounters().delivered() > 500);
            link.setBlackout(true);
            client.awaitLine("no answer from", PATIENCE.toMillis());
            // Each new session comes from a port of its own: until some of them have been tried in vain.
            await().atMost(PATIENCE).until(() -> link.clients() >= 4);
            assertThat(transfer.isDone()).isFalse();
            link.setBlackout(false);
            ExchangeClient.awaitAll(Map.of("transfer", transfer));
            target.assertServed(1);
            exchanges.runAll(Map.of("after", new Exchange(4, 10_000, 10_000, 1000)));
            assertThat(client.log()).doesNotContain("is lost", "KEEP_ALIVE_TIMEOUT");
            assertThat(server.isAlive()).isTrue();
        }
    }
}
