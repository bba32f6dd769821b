package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.kcp.DropReason;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.Seeds;
import io.millrace.tunnel.client.TunnelClient;
import io.millrace.tunnel.server.TunnelServer;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Datagrams of an attacker without the key, who can also see the traffic and send as either end: noise, damaged, cut and
 * repeated packets, while the tunnel carries data. spec: kcp 6.4
 */
@ExtendWith(NoBufferLeaks.class)
class HostileDatagramsIT {
    private static final int BATCHES = 500;
    private static final int BATCH = 200;
    private static final int STRANGERS = 8;
    /** Random bytes at the start of a packet; no checksum covers them where nothing is encrypted. */
    private static final int NONCE_BYTES = 16;

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"aes", "none", "aes-128-gcm"})
    void doNotHarmTheTraffic(String crypt) {
        Seeds.run(1337, seeds -> {
            SplittableRandom random = seeds.random("hostile");
            try (ExchangeServer target = new ExchangeServer();
                    TunnelServer server = TunnelServer.start(ServerCommand.config(
                            flags(crypt, "--listen", "127.0.0.1:0", "--target", HostPort.format(target.address()))));
                    UdpTap tap = new UdpTap(server.localAddress());
                    TunnelClient client = TunnelClient.start(ClientCommand.config(flags(
                            crypt, "--localaddr", "127.0.0.1:0", "--remoteaddr", HostPort.format(tap.address()))));
                    Attacker attacker =
                            new Attacker(tap, server.localAddress(), random, crypt.equals("none") ? NONCE_BYTES : 0)) {
                ExchangeClient exchanges = new ExchangeClient((InetSocketAddress) client.localAddress());
                int rounds = 0;
                Map<String, Promise<Void>> running = start(exchanges, seeds.child("round " + rounds++));
                await().until(tap::isFull);
                for (int batch = 0; batch < BATCHES; batch++) {
                    long before = dropped(server);
                    for (int i = 0; i < BATCH; i++) {
                        attacker.send();
                    }
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(1))
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> dropped(server) > before);
                    if (running.values().stream().allMatch(Promise::isDone)) {
                        ExchangeClient.awaitAll(running);
                        running = start(exchanges, seeds.child("round " + rounds++));
                    }
                }
                ExchangeClient.awaitAll(running);
                target.assertServed(rounds * running.size());
                assertThat(dropped(server)).isGreaterThanOrEqualTo(BATCHES);
                assertThat(server.datagramsDropped(DropReason.BAD_CHECKSUM)).isPositive();
                assertThat(server.datagramsDropped(DropReason.TOO_SHORT)).isPositive();
                assertThat(server.datagramsDropped(DropReason.TOO_LONG)).isPositive();
                assertThat(server.datagramsDropped(DropReason.INTERNAL_ERROR)).isZero();
            }
        });
    }

    private static String[] flags(String crypt, String... more) {
        List<String> flags = new ArrayList<>(List.of("--key", TunnelCase.KEY, "--crypt", crypt, "--mode", "fast3"));
        flags.addAll(Arrays.asList(more));
        return flags.toArray(String[]::new);
    }

    private static Map<String, Promise<Void>> start(ExchangeClient client, Seeds seeds) {
        Map<String, Promise<Void>> running = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            String name = "stream " + i;
            running.put(name, client.start(new Exchange(seeds.derive(name), 400_000, 400_000, 8192)));
        }
        return running;
    }

    private static long dropped(TunnelServer server) {
        long sum = 0;
        for (DropReason reason : DropReason.values()) {
            sum += server.datagramsDropped(reason);
        }
        return sum;
    }

    private static final class Attacker implements AutoCloseable {
        private final UdpTap tap;
        private final InetSocketAddress server;
        private final SplittableRandom random;
        private final int firstProtected;
        private final List<DatagramSocket> strangers = new ArrayList<>();

        /** @param firstProtected the first byte of a packet that its checksum covers */
        Attacker(UdpTap tap, InetSocketAddress server, SplittableRandom random, int firstProtected) throws IOException {
            this.firstProtected = firstProtected;
            this.tap = tap;
            this.server = server;
            this.random = random;
            for (int i = 0; i < STRANGERS; i++) {
                strangers.add(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
            }
        }

        /** Not among them: a datagram sent back to its sender, which this protocol cannot tell from the peer's. */
        void send() throws IOException {
            switch (random.nextInt(8)) {
                case 0, 1 -> asStranger(noise());
                case 2 -> tap.asClient(noise(), 1 + random.nextInt(100));
                case 3 -> asStranger(damaged(tap.fromClient()));
                case 4 -> {
                    byte[] bytes = damaged(tap.fromClient());
                    tap.asClient(bytes, bytes.length);
                }
                case 5 -> {
                    byte[] bytes = damaged(tap.fromServer());
                    tap.asServer(bytes, bytes.length);
                }
                case 6 -> {
                    byte[] cut = one(tap.fromClient());
                    tap.asClient(cut, random.nextInt(cut.length));
                }
                default -> {
                    byte[] repeated = one(tap.fromClient());
                    tap.asClient(repeated, repeated.length);
                }
            }
        }

        private byte[] one(List<byte[]> datagrams) {
            return datagrams.get(random.nextInt(datagrams.size()));
        }

        private byte[] damaged(List<byte[]> datagrams) {
            byte[] bytes = one(datagrams).clone();
            bytes[random.nextInt(firstProtected, bytes.length)] ^= (byte) (1 + random.nextInt(255));
            return bytes;
        }

        private byte[] noise() {
            byte[] bytes = new byte[100 + random.nextInt(2000)];
            random.nextBytes(bytes);
            return bytes;
        }

        private void asStranger(byte[] bytes) throws IOException {
            DatagramSocket stranger = strangers.get(random.nextInt(strangers.size()));
            stranger.send(new DatagramPacket(bytes, bytes.length, server));
        }

        @Override
        public void close() {
            strangers.forEach(DatagramSocket::close);
        }
    }
}
