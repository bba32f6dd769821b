package io.millrace.kcp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.KcpConfig;
import io.millrace.testkit.DuplexLink;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a session without a limit of the rate spreads its window over a round trip. */
class WindowPaceTest {
    private static final int MTU_BYTES = 1350;
    private static final int WINDOW = 2048;
    private static final double DELAY_MS = 50;

    private record Sent(long atMs, int bytes) {}

    private final List<Sent> sent = new ArrayList<>();
    private final VirtualClock clock = new VirtualClock();

    private static SessionConfig config(int window, int parity) {
        return new SessionConfig(
                new KcpConfig(MTU_BYTES, window, window, true, 10, 2, false, false), parity > 0 ? 10 : 0, parity);
    }

    private static LinkProfile.Builder link() {
        return LinkProfile.builder().delayMs(DELAY_MS);
    }

    /** Two ends; what A sends is noted. */
    private final class Pair {
        final DuplexLink link;
        final SimulatedSession a;
        final SimulatedSession b;

        Pair(SessionConfig config, LinkProfile profile, long seed) {
            link = new DuplexLink(clock, profile, seed);
            a = new SimulatedSession(
                    config, clock, link.aToB(), packet -> sent.add(new Sent(clock.nowMs(), packet.length)));
            b = new SimulatedSession(config, clock, link.bToA(), packet -> {});
            link.connect(a::onDatagram, b::onDatagram);
        }

        void transfer(long bytes) {
            long target = b.received() + bytes;
            a.write(bytes);
            assertThat(clock.runUntil(() -> b.received() == target, 600_000)).isTrue();
        }

        void close() {
            a.close();
            b.close();
        }
    }

    /** Most that left within that time. */
    private long mostWithin(long ms) {
        long most = 0;
        long bytes = 0;
        int first = 0;
        for (Sent packet : sent) {
            bytes += packet.bytes;
            while (packet.atMs - sent.get(first).atMs >= ms) {
                bytes -= sent.get(first++).bytes;
            }
            most = Math.max(most, bytes);
        }
        return most;
    }

    @ParameterizedTest(name = "{0} parity packets for 10 of data")
    @ValueSource(ints = {0, 3})
    void aWindowTakesMostOfARoundTrip(int parity) {
        Pair pair = new Pair(config(WINDOW, parity), link().build(), 1);
        pair.transfer(30_000_000);
        long windowBytes = (long) WINDOW * (MTU_BYTES + MTU_BYTES * parity / 10);
        assertThat(mostWithin(10)).isLessThan(windowBytes * 3 / 20 + WindowPace.CREDIT_BYTES);
        assertThat(clock.nowMs())
                .isLessThan(1400); // eleven windows of a round trip each and one before the window is known
        pair.close();
    }

    /** Unpaced, what each recovered loss releases overruns this queue: a tenth of all packets. */
    @Test
    void theQueueOfASlowerLinkIsNotOverrun() {
        Seeds.run(4110, seeds -> {
            sent.clear();
            LinkProfile slower = link().lossProbability(0.01)
                    .rateBitsPerSecond(200e6)
                    .queueBytes(1 << 20)
                    .build();
            Pair pair = new Pair(config(1536, 3), slower, seeds.derive("link"));
            pair.transfer(40_000_000);
            assertThat(pair.link.aToB().counters().queueDropped()).isZero();
            pair.close();
        });
    }

    /** What fits into the credit leaves at once, as ever. */
    @Test
    void aShortMessageAfterARestIsNotSpread() {
        Pair pair = new Pair(config(WINDOW, 0), link().build(), 1);
        pair.transfer(1_000_000);
        clock.advance(5000);
        sent.clear();
        pair.a.write(60_000);
        assertThat(pair.a.session.isPaced()).isTrue();
        assertThat(sent.stream().mapToInt(Sent::bytes).sum()).isGreaterThan(60_000);
        pair.close();
    }

    /** The credit is more than what the session takes in advance at this low pace: it must ask for more. */
    @Test
    void aSmallWindowIsFilledInOneRoundTrip() {
        int window = 64;
        Pair pair = new Pair(config(window, 0), link().delayMs(200).build(), 1);
        pair.transfer(1_000_000);
        clock.advance(5000);
        long startMs = clock.nowMs();
        pair.transfer(window * 1200L);
        assertThat(clock.nowMs() - startMs).isLessThan(300);
        pair.close();
    }

    @Test
    void aShortRoundTripIsNotPaced() {
        Pair pair = new Pair(
                config(WINDOW, 3),
                link().delayMs(WindowPace.MIN_RTT_MS / 2.0 - 1).build(),
                1);
        pair.transfer(10_000_000);
        assertThat(pair.a.session.kcp().minRttMs()).isPositive();
        assertThat(pair.a.session.isPaced()).isFalse();
        pair.close();
    }

    /** The path got shorter, and later longer: the pace follows. */
    @Test
    void followsThePath() {
        Pair pair = new Pair(config(WINDOW, 0), link().build(), 1);
        pair.transfer(1_000_000);
        assertThat(pair.a.session.isPaced()).isTrue();
        clock.advance(1000); // what is under way would be waited for: the link keeps the order
        LinkProfile near = link().delayMs(1).build();
        pair.link.aToB().setProfile(near);
        pair.link.bToA().setProfile(near);
        pair.transfer(1_000_000);
        assertThat(pair.a.session.isPaced()).isFalse();
        pair.link.aToB().setProfile(link().build());
        pair.link.bToA().setProfile(link().build());
        clock.advance(20_000);
        pair.transfer(10_000_000);
        assertThat(pair.a.session.isPaced()).isTrue();
        pair.close();
    }

    /** A's packets go into debt by a hundred packets of parity; its acknowledgements are not held back by it. */
    @Test
    void acknowledgementsDoNotWait() {
        SessionConfig heavy = new SessionConfig(new KcpConfig(MTU_BYTES, 64, 64, true, 10, 2, false, true), 10, 100);
        Pair pair = new Pair(heavy, link().build(), 1);
        pair.a.write(100_000_000);
        clock.advance(2000);
        assertThat(pair.a.session.isPaced()).isTrue();
        for (int i = 0; i < 50; i++) {
            pair.b.write(100);
            clock.advance(101);
            assertThat(pair.b.session.kcp().waitingSegments())
                    .as("not acknowledged")
                    .isZero();
            clock.advance(36);
        }
        pair.close();
    }

    @Test
    void theLastFlushDoesNotWait() {
        Pair pair = new Pair(config(WINDOW, 0), link().build(), 1);
        pair.transfer(1_000_000);
        pair.a.write(10_000_000);
        assertThat(pair.a.session.kcp().queuedSegments()).isPositive();
        pair.a.session.flushLast((int) clock.nowMs());
        assertThat(pair.a.session.kcp().queuedSegments()).isZero();
        pair.close();
    }
}
