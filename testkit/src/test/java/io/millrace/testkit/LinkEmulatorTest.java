package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkEmulatorTest {
    private UdpPeer client;
    private UdpPeer target;

    @BeforeEach
    void open() throws IOException {
        client = new UdpPeer();
        target = new UdpPeer();
    }

    @AfterEach
    void close() {
        client.close();
        target.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }

    private LinkEmulator start(LinkProfile profile) throws IOException {
        return LinkEmulator.builder(target.address()).profile(profile).seed(77).start();
    }

    private static void awaitNothingInFlight(LinkEmulator emulator, int sent) {
        await().until(() -> emulator.toTargetCounters().sent() == sent
                && emulator.toTargetCounters().inFlight() == 0
                && emulator.toClientCounters().inFlight() == 0);
    }

    @Test
    void carriesEverythingBothWaysUnchangedAndInOrder() throws IOException {
        try (LinkEmulator emulator = start(LinkProfile.PERFECT)) {
            int count = 3000;
            for (int i = 0; i < count; i++) {
                byte[] datagram = new byte[4 + i % 1400];
                new Payload(i, datagram.length).fill(0, datagram, 0, datagram.length);
                client.send(datagram, emulator.address());
                assertThat(target.receive()).isEqualTo(datagram);
                target.send(datagram, target.lastSender());
                assertThat(client.receive()).isEqualTo(datagram);
                assertThat(client.lastSender()).isEqualTo(emulator.address());
            }
            awaitNothingInFlight(emulator, count);
            assertThat(emulator.toTargetCounters().delivered()).isEqualTo(count);
            assertThat(emulator.toTargetCounters()).isEqualTo(emulator.toClientCounters());
            assertThat(emulator.toTargetCounters().reordered()).isZero();
        }
    }

    @Test
    void carriesEmptyAndLargestDatagrams() throws IOException {
        try (LinkEmulator emulator = start(LinkProfile.PERFECT)) {
            byte[] largest = new Payload(1, 65_507).bytes();
            for (byte[] datagram : new byte[][] {{}, largest, {}, largest, {1}}) {
                client.send(datagram, emulator.address());
                assertThat(target.receive()).isEqualTo(datagram);
                target.send(datagram, target.lastSender());
                assertThat(client.receive()).isEqualTo(datagram);
            }
        }
    }

    @Test
    void losesTheSameDatagramsAsASimulatedLinkOfTheSameSeed() throws IOException {
        LinkProfile lossy = LinkProfile.builder()
                .lossProbability(0.1)
                .burstLossShare(0.05, 3)
                .duplicateProbability(0.05)
                .build();
        int count = 3000;
        List<Integer> expected = new ArrayList<>();
        VirtualClock clock = new VirtualClock();
        DuplexLink simulated = new DuplexLink(clock, lossy, 77);
        simulated.connect(d -> {}, d -> expected.add(ByteBuffer.wrap(d).getInt()));
        for (int i = 0; i < count; i++) {
            simulated.aToB().send(UdpPeer.numbered(i, 200));
            clock.advance(1);
        }
        LinkCounters simulatedCounters = simulated.aToB().counters();

        try (LinkEmulator emulator = start(lossy)) {
            List<Integer> got = new ArrayList<>();
            int sent = 0;
            while (sent < count) {
                for (int i = 0; i < 100; i++) {
                    client.send(UdpPeer.numbered(sent++, 200), emulator.address());
                }
                awaitNothingInFlight(emulator, sent);
                while (got.size() < emulator.toTargetCounters().delivered()) {
                    got.add(target.receiveNumber());
                }
            }
            assertThat(got).isEqualTo(expected);
            assertThat(emulator.toTargetCounters()).isEqualTo(simulatedCounters);
            assertThat(simulatedCounters.lost()).isBetween(300L, 600L);
        }
    }

    @Test
    void corruptsWithoutChangingTheLength() throws IOException {
        try (LinkEmulator emulator =
                start(LinkProfile.builder().corruptProbability(1).build())) {
            byte[] datagram = new byte[500];
            client.send(datagram, emulator.address());
            assertThat(target.receive()).hasSize(500).isNotEqualTo(datagram);
            assertThat(emulator.toTargetCounters().corrupted()).isEqualTo(1);
        }
    }

    @Test
    void neverDeliversBeforeTheDelayAndOvertakesWhatIsHeldBack() throws IOException {
        try (LinkEmulator emulator = LinkEmulator.builder(target.address())
                .toTarget(LinkProfile.builder().delayMs(20).reorder(1, 1000).build())
                .toClient(LinkProfile.builder().delayMs(30.5).build())
                .start()) {
            long startNs = System.nanoTime();
            client.send(UdpPeer.numbered(1, 10), emulator.address());
            await().until(() -> emulator.toTargetCounters().sent() == 1);
            emulator.setToTargetProfile(LinkProfile.builder().delayMs(20).build());
            client.send(UdpPeer.numbered(2, 10), emulator.address());
            assertThat(target.receiveNumber()).isEqualTo(2);
            assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(20_000_000);
            target.send(UdpPeer.numbered(3, 10), target.lastSender());
            assertThat(client.receiveNumber()).isEqualTo(3);
            assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(50_500_000);
            assertThat(target.receiveNumber()).isEqualTo(1);
            assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(1_020_000_000);
            awaitNothingInFlight(emulator, 2);
            assertThat(emulator.toTargetCounters().reordered()).isEqualTo(1);
        }
    }

    @Test
    void theRateLimitHoldsDatagramsBackAndItsQueueDropsTheRest() throws IOException {
        // 972 + 28 bytes at 80 kbit/s: 100 ms each; of ten sent at once four fit, unless the sender stalls and gives
        // room
        LinkProfile slow =
                LinkProfile.builder().rateBitsPerSecond(80_000).queuePackets(4).build();
        try (LinkEmulator emulator = start(slow)) {
            long startNs = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                client.send(UdpPeer.numbered(i, 972), emulator.address());
            }
            awaitNothingInFlight(emulator, 10);
            long elapsedNs = System.nanoTime() - startNs;
            long delivered = emulator.toTargetCounters().delivered();
            assertThat(delivered).isGreaterThanOrEqualTo(4);
            assertThat(elapsedNs).isGreaterThanOrEqualTo(delivered * 100_000_000);
            assertThat(emulator.toTargetCounters().queueDropped()).isEqualTo(10 - delivered);
        }
    }

    @Test
    void blackoutAndProfileChangeWhileItRuns() throws IOException {
        try (LinkEmulator emulator = start(LinkProfile.PERFECT)) {
            client.send(UdpPeer.numbered(1, 10), emulator.address());
            assertThat(target.receiveNumber()).isEqualTo(1);
            emulator.setBlackout(true);
            client.send(UdpPeer.numbered(2, 10), emulator.address());
            target.send(UdpPeer.numbered(2, 10), target.lastSender());
            await().until(() -> emulator.toTargetCounters().blackoutDropped() == 1
                    && emulator.toClientCounters().blackoutDropped() == 1);
            emulator.setBlackout(false);
            emulator.setProfile(LinkProfile.builder().mtuBytes(100).build());
            client.send(UdpPeer.numbered(3, 101), emulator.address());
            client.send(UdpPeer.numbered(4, 100), emulator.address());
            assertThat(target.receiveNumber()).isEqualTo(4);
            target.send(UdpPeer.numbered(5, 10), target.lastSender());
            assertThat(client.receiveNumber()).isEqualTo(5);
            assertThat(emulator.toTargetCounters().mtuDropped()).isEqualTo(1);
        }
    }

    @Test
    void severalClientsGetTheirOwnAnswersUpToTheBound() throws IOException {
        int bound = 20;
        List<UdpPeer> peers = new ArrayList<>();
        try (LinkEmulator emulator =
                LinkEmulator.builder(target.address()).maxClients(bound).start()) {
            Set<SocketAddress> seenByTarget = new HashSet<>();
            for (int i = 0; i < bound; i++) {
                peers.add(new UdpPeer());
                peers.get(i).send(UdpPeer.numbered(i, 10), emulator.address());
                byte[] datagram = target.receive();
                seenByTarget.add(target.lastSender());
                target.send(datagram, target.lastSender());
            }
            for (int i = 0; i < bound; i++) {
                assertThat(peers.get(i).receiveNumber()).isEqualTo(i);
            }
            assertThat(seenByTarget).hasSize(bound);
            assertThat(emulator.clients()).isEqualTo(bound);

            client.send(new byte[10], emulator.address());
            awaitNothingInFlight(emulator, bound + 1);
            assertThat(emulator.toTargetCounters().undeliverable()).isEqualTo(1);
            assertThat(emulator.clients()).isEqualTo(bound);
        } finally {
            peers.forEach(UdpPeer::close);
        }
    }

    @Test
    void forgottenAndIdleClientsComeFromANewAddress() throws IOException {
        try (LinkEmulator emulator = start(LinkProfile.PERFECT)) {
            client.send(new byte[10], emulator.address());
            target.receive();
            SocketAddress first = target.lastSender();
            emulator.forgetClients();
            await().until(() -> emulator.clients() == 0);
            client.send(new byte[10], emulator.address());
            target.receive();
            assertThat(target.lastSender()).isNotEqualTo(first);
        }
        try (LinkEmulator emulator =
                LinkEmulator.builder(target.address()).idleTimeoutMs(1).start()) {
            client.send(new byte[10], emulator.address());
            target.receive();
            await().until(() -> emulator.clients() == 0);
        }
    }

    @Test
    void aTargetThatIsNotThereCostsDatagramsOnly() throws IOException {
        InetSocketAddress gone = target.address();
        target.close();
        try (LinkEmulator emulator = LinkEmulator.builder(gone).start()) {
            for (int i = 1; i <= 50; i++) {
                client.send(new byte[10], emulator.address());
                awaitNothingInFlight(emulator, i);
            }
            assertThat(emulator.clients()).isEqualTo(1);
            try (UdpPeer back = new UdpPeer(gone.getPort())) {
                client.send(UdpPeer.numbered(7, 10), emulator.address());
                assertThat(back.receiveNumber()).isEqualTo(7);
            }
        }
    }

    @Test
    void manyDatagramsInFlightAreHeldToABound() throws IOException {
        try (LinkEmulator emulator =
                start(LinkProfile.builder().delayMs(3_600_000).build())) {
            byte[] large = new byte[60_000];
            int sent = 0;
            while (sent < 300) {
                client.send(large, emulator.address());
                int soFar = ++sent;
                await().until(() -> emulator.toTargetCounters().sent() == soFar);
            }
            assertThat(emulator.toTargetCounters().inFlight()).isEqualTo(256);
            assertThat(emulator.toTargetCounters().undeliverable()).isEqualTo(44);
        }
    }

    @Test
    void closeFreesThePortAndATakenPortIsAnError() throws IOException {
        InetSocketAddress address;
        try (LinkEmulator emulator = start(LinkProfile.PERFECT)) {
            address = emulator.address();
            assertThatThrownBy(() -> LinkEmulator.builder(target.address())
                            .listen(address)
                            .start())
                    .isInstanceOf(IOException.class);
        }
        try (LinkEmulator again =
                LinkEmulator.builder(target.address()).listen(address).start()) {
            assertThat(again.address()).isEqualTo(address);
            client.send(UdpPeer.numbered(1, 4), address);
            assertThat(target.receiveNumber()).isEqualTo(1);
        }
    }
}
