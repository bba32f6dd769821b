package io.millrace.kcp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.kcp.arq.KcpConfig;
import io.millrace.testkit.DuplexLink;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a session under a limit of the rate puts on the wire, packet by packet. spec: tunnel 3.4, 12 (21) */
class RateLimitTest {
    private static final int MTU_BYTES = 1350;
    private static final int PARITY = 3;
    private static final Percentage TWO_PERCENT = Percentage.withPercentage(2);

    private record Sent(long atMs, int bytes) {}

    private final List<Sent> sent = new ArrayList<>();

    private static SessionConfig config(boolean fec) {
        return new SessionConfig(
                new KcpConfig(MTU_BYTES, 8192, 8192, true, 10, 2, false, false), fec ? 10 : 0, fec ? PARITY : 0);
    }

    private static LinkProfile link(double loss) {
        return LinkProfile.builder().delayMs(20).lossProbability(loss).build();
    }

    /** Two ends; what A sends is noted. */
    private final class Pair {
        final VirtualClock clock = new VirtualClock();
        final SimulatedSession a;
        final SimulatedSession b;

        Pair(SessionConfig atA, SessionConfig atB, LinkProfile profile, long seed) {
            DuplexLink link = new DuplexLink(clock, profile, seed);
            a = new SimulatedSession(
                    atA, clock, link.aToB(), packet -> sent.add(new Sent(clock.nowMs(), packet.length)));
            b = new SimulatedSession(atB, clock, link.bToA(), packet -> {});
            link.connect(a::onDatagram, b::onDatagram);
        }

        void close() {
            a.close();
            b.close();
        }
    }

    private long bytesBetween(long fromMs, long toMs) {
        return sent.stream()
                .filter(packet -> packet.atMs >= fromMs && packet.atMs < toMs)
                .mapToLong(Sent::bytes)
                .sum();
    }

    /** The most by which any stretch of time got more than its share. */
    private double largestBurst(double bytesPerSecond) {
        double excess = 0;
        double largest = 0;
        long lastMs = 0;
        for (Sent packet : sent) {
            excess = Math.max(0, excess - (packet.atMs - lastMs) * bytesPerSecond / 1000) + packet.bytes;
            lastMs = packet.atMs;
            largest = Math.max(largest, excess);
        }
        return largest;
    }

    @ParameterizedTest(name = "{0} bytes/s, FEC {1}, loss {2}")
    @CsvSource({
        "20_000, false, 0",
        "20_000, true, 0",
        "500_000, true, 0.05",
        "500_000, false, 0.05",
        "1_048_576, true, 0.01",
        "20_000_000, false, 0",
        "20_000_000, false, 0.01"
    })
    void holdsOverTenSecondsAndInEveryMoment(String rate, boolean fec, double loss) {
        Seeds.run(4101, seeds -> {
            int bytesPerSecond = Integer.parseInt(rate.replace("_", ""));
            SessionConfig plain = config(fec);
            Pair pair = new Pair(plain.withRateLimit(bytesPerSecond), plain, link(loss), seeds.derive("link"));
            pair.a.write(Long.MAX_VALUE / 2);
            pair.clock.runUntil(12_000);
            assertThat(bytesBetween(1000, 11_000)).isCloseTo(10L * bytesPerSecond, TWO_PERCENT);
            double bound = bytesPerSecond / 1000.0 * (Pacer.CREDIT_MS + 1) // the clock's tick
                    + MTU_BYTES * (1 + (fec ? PARITY : 0));
            assertThat(largestBurst(bytesPerSecond)).isLessThanOrEqualTo(bound);
            assertThat(pair.a.session.stats().outBytes)
                    .isEqualTo(sent.stream().mapToLong(Sent::bytes).sum());
            if (loss > 0) {
                assertThat(pair.a.session.kcp().stats().retransSegs()).isPositive();
            }
            pair.close();
        });
    }

    @Test
    void withoutALimitAWindowLeavesAtOnce() {
        Pair pair = new Pair(config(false), config(false), link(0), 1);
        pair.a.write(1_000_000);
        assertThat(bytesBetween(0, 1)).isGreaterThan(40_000); // 32 segments before the peer has told its window
        assertThat(pair.a.session.isPaced()).isFalse();
        pair.close();
    }

    @Test
    void restEarnsNoBurst() {
        int bytesPerSecond = 200_000;
        Pair pair = new Pair(config(false).withRateLimit(bytesPerSecond), config(false), link(0), 1);
        pair.a.write(100_000);
        pair.clock.runUntil(60_000);
        assertThat(pair.b.received()).isEqualTo(100_000);
        sent.clear();
        pair.a.write(100_000);
        pair.clock.runUntil(60_100);
        assertThat(bytesBetween(60_000, 60_100)).isCloseTo(bytesPerSecond / 10, within(2L * MTU_BYTES));
        pair.close();
    }

    /** Else bulk data already inside would keep an interactive stream waiting for a whole window. */
    @Test
    void takesNoMoreThanWillSoonLeave() {
        int bytesPerSecond = 100_000;
        Pair pair = new Pair(config(true).withRateLimit(bytesPerSecond), config(true), link(0), 1);
        pair.a.write(1_000_000);
        pair.clock.runUntil(5000);
        assertThat(pair.b.received()).isGreaterThan(300_000);
        assertThat(pair.a.largestCapacity()).isBetween(2L * 1298, 20L * bytesPerSecond / 1000 + 2 * 1298);
        pair.close();
    }

    /** Acknowledgements wait and cover more; what they acknowledge is not slowed down below what they can carry. */
    @ParameterizedTest(name = "{0} bytes/s, loss {1}")
    @CsvSource({"2000, 0", "50000, 0.01"})
    void acknowledgementsOfADownloadStayWithinTheLimit(int bytesPerSecond, double loss) {
        Seeds.run(4102, seeds -> {
            Pair pair =
                    new Pair(config(false).withRateLimit(bytesPerSecond), config(false), link(loss), seeds.derive("l"));
            pair.b.write(20_000_000);
            pair.clock.runUntil(10_000);
            assertThat(pair.a.received()).isEqualTo(20_000_000);
            assertThat(bytesBetween(0, 10_000)).isLessThanOrEqualTo(10L * bytesPerSecond + 3 * MTU_BYTES);
            pair.close();
        });
    }

    /** Every byte, in spite of losses, and then nothing more: what the limit held back is not forgotten or repeated. */
    @Test
    void everythingArrivesAndThenThereIsRest() {
        Seeds.run(4103, seeds -> {
            LinkProfile bad = link(0.1).toBuilder()
                    .reorder(0.05, 15)
                    .duplicateProbability(0.02)
                    .build();
            SessionConfig limited = config(true).withRateLimit(300_000);
            Pair pair = new Pair(limited, limited, bad, seeds.derive("link"));
            pair.a.write(2_000_000);
            pair.b.write(500_000);
            assertThat(pair.clock.runUntil(
                            () -> pair.b.received() == 2_000_000 && pair.a.received() == 500_000, 60_000))
                    .isTrue();
            pair.clock.advance(60_000);
            assertThat(pair.clock.pendingEvents()).isZero();
            assertThat(pair.a.session.kcp().waitingSegments()).isZero();
            pair.close();
        });
    }
}
