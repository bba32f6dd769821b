package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.LinkCounters;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Two cores over a bad link, in virtual time: every byte arrives once and in order, and then there is rest. */
class KcpOverLinkTest {
    private static final long TRANSFER_BYTES = 300_000;
    private static final long LIMIT_MS = 600_000;

    /** What the link does wrong, and how its counters show that it did. */
    private record Knob(String name, LinkProfile profile, Predicate<LinkCounters> shows) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static LinkProfile.Builder delayed() {
        return LinkProfile.builder().delayMs(25);
    }

    private static List<Knob> knobs() {
        return List.of(
                new Knob("perfect", LinkProfile.PERFECT, c -> c.lost() == 0),
                new Knob("delay", delayed().build(), c -> c.lost() == 0),
                new Knob("loss", delayed().lossProbability(0.1).build(), c -> c.lost() > 0),
                new Knob("heavy loss", delayed().lossProbability(0.4).build(), c -> c.lost() > c.delivered() / 2),
                new Knob("bursts", delayed().burstLossShare(0.1, 8).build(), c -> c.lost() > 0),
                new Knob("duplicates", delayed().duplicateProbability(0.3).build(), c -> c.duplicated() > 0),
                new Knob("reordering", delayed().reorder(0.2, 30).build(), c -> c.reordered() > 0),
                new Knob("jitter", delayed().jitterMs(20).jitterReorders(true).build(), c -> c.reordered() > 0),
                new Knob(
                        "rate and queue",
                        delayed().rateBitsPerSecond(2e6).queuePackets(20).build(),
                        c -> c.queueDropped() > 0),
                new Knob("mtu", delayed().mtuBytes(1322).build(), c -> c.mtuDropped() == 0),
                new Knob(
                        "all",
                        delayed()
                                .lossProbability(0.05)
                                .burstLossShare(0.05, 4)
                                .duplicateProbability(0.1)
                                .reorder(0.1, 20)
                                .jitterMs(15)
                                .jitterReorders(true)
                                .rateBitsPerSecond(4e6)
                                .queuePackets(40)
                                .mtuBytes(1322)
                                .build(),
                        c -> c.lost() > 0 && c.reordered() > 0 && c.duplicated() > 0));
    }

    private static Stream<Arguments> knobsAndStarts() {
        List<Arguments> cases = new ArrayList<>();
        for (Knob knob : knobs()) {
            cases.add(Arguments.of(knob, 0L, 0));
            cases.add(Arguments.of(knob, (1L << 31) - 700, Integer.MAX_VALUE - 30));
            cases.add(Arguments.of(knob, (1L << 32) - 700, -30));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, clock from {1}, numbers from {2}")
    @MethodSource("knobsAndStarts")
    void everyByteArrivesOnceAndInOrderBothWays(Knob knob, long startMs, int firstSn) {
        Seeds.run(7001, seeds -> {
            SimulatedPair pair = SimulatedPair.over(knob.profile, seeds.derive(knob.name))
                    .starting(startMs, firstSn)
                    .build();
            SplittableRandom random = seeds.random("writes");
            pair.writeRandomly(pair.a, TRANSFER_BYTES, 3000, random);
            pair.writeRandomly(pair.b, TRANSFER_BYTES, 3000, random);
            pair.runUntilReceived(TRANSFER_BYTES, TRANSFER_BYTES, LIMIT_MS);
            pair.assertComesToRest(LIMIT_MS);
            assertThat(pair.link.aToB().counters()).matches(knob.shows);
        });
    }

    @ParameterizedTest(name = "noDelay {0}, interval {1}, resend {2}, congestion control {3}, ackNoDelay {4}")
    @CsvSource({
        "false, 40, 2, false, false",
        "false, 30, 2, false, true",
        "true, 20, 2, false, false",
        "true, 10, 1, false, true",
        "true, 10, 0, false, false",
        "false, 50, 0, true, false",
        "true, 10, 2, true, true",
        "false, 5000, 0, false, false"
    })
    void everySettingDeliversOverABadLink(
            boolean noDelay, int intervalMs, int resend, boolean congestionControl, boolean ackNoDelay) {
        Seeds.run(7002, seeds -> {
            Knob all = knobs().get(knobs().size() - 1);
            KcpConfig config =
                    new KcpConfig(1322, 200, 300, noDelay, intervalMs, resend, congestionControl, ackNoDelay);
            SimulatedPair pair = SimulatedPair.over(all.profile, seeds.derive("link"))
                    .configs(config, config)
                    .build();
            SplittableRandom random = seeds.random("writes");
            pair.writeRandomly(pair.a, 100_000, 1000, random);
            pair.writeRandomly(pair.b, 100_000, 1000, random);
            pair.runUntilReceived(100_000, 100_000, 2 * LIMIT_MS);
            pair.assertComesToRest(LIMIT_MS);
        });
    }

    @ParameterizedTest(name = "windows {0}/{1}, mtu {2}")
    @CsvSource({"1, 1, 1322", "1, 65535, 25", "65535, 1, 1500", "3, 2, 100", "65535, 65535, 1500"})
    void extremeWindowsAndSizesDeliver(int sendWindow, int receiveWindow, int mtuBytes) {
        Seeds.run(7003, seeds -> {
            KcpConfig config = new KcpConfig(mtuBytes, sendWindow, receiveWindow, true, 10, 2, false, false);
            LinkProfile profile =
                    delayed().lossProbability(0.05).reorder(0.1, 10).build();
            SimulatedPair pair = SimulatedPair.over(profile, seeds.derive("link"))
                    .configs(config, config)
                    .build();
            long bytes = mtuBytes == 25 ? 500 : 20_000;
            pair.a.write(bytes);
            pair.b.write(bytes);
            pair.runUntilReceived(bytes, bytes, LIMIT_MS);
            pair.assertComesToRest(LIMIT_MS);
        });
    }

    /** Damaged packets must be found by the checksum around them; then they are losses like others. */
    @ParameterizedTest(name = "crypt {0}, FEC {1}/{2}, all knobs {3}")
    @CsvSource({
        "none, 0, 0, false",
        "none, 0, 0, true",
        "none, 10, 3, true",
        "aes, 0, 0, false",
        "aes, 3, 2, true",
        "aes-128-gcm, 10, 3, true",
        "none, 1, 1, true"
    })
    void corruptionAndCodedPathsChangeNothing(String crypt, int dataShards, int parityShards, boolean allKnobs) {
        Seeds.run(7007, seeds -> {
            LinkProfile base = allKnobs
                    ? knobs().get(knobs().size() - 1).profile
                    : delayed().build();
            LinkProfile profile =
                    base.toBuilder().corruptProbability(0.1).mtuBytes(1350).build();
            KcpConfig config =
                    SimulatedPair.fast3(300, 300); // mtu 1322: with FEC and 20 or 28 bytes of crypto 1350 or 1358
            if (crypt.equals("aes-128-gcm")) {
                config = new KcpConfig(1314, 300, 300, true, 10, 2, false, false);
            }
            List<CodedPath> paths = new ArrayList<>();
            SimulatedPair pair = SimulatedPair.over(profile, seeds.derive("link"))
                    .configs(config, config)
                    .path(() -> {
                        CodedPath path = new CodedPath(crypt, dataShards, parityShards, paths.size());
                        paths.add(path);
                        return path;
                    })
                    .build();
            SplittableRandom random = seeds.random("writes");
            pair.writeRandomly(pair.a, TRANSFER_BYTES, 2000, random);
            pair.writeRandomly(pair.b, TRANSFER_BYTES, 2000, random);
            pair.runUntilReceived(TRANSFER_BYTES, TRANSFER_BYTES, LIMIT_MS);
            pair.assertComesToRest(LIMIT_MS);
            LinkCounters counters = pair.link.aToB().counters();
            assertThat(counters.corrupted()).isPositive();
            assertThat(counters.mtuDropped()).isZero();
            assertThat(paths.get(0).refused()).isPositive();
            assertThat(paths.get(1).refused()).isPositive().isLessThanOrEqualTo(counters.corrupted());
            if (dataShards > 0) {
                assertThat(paths.get(1).recovered()).isPositive();
            }
        });
    }

    /** Windows close again and again; window announcements and probes are lost like anything else. */
    @ParameterizedTest(name = "loss {0}, window {1}, {2} bytes every {3} ms")
    @CsvSource({"0, 4, 1000, 200", "0.4, 4, 3000, 300", "0.5, 16, 20000, 2500", "0.3, 1, 700, 150"})
    void aSlowReaderClosesAndReopensTheWindow(double loss, int window, int bytes, long everyMs) {
        Seeds.run(7004, seeds -> {
            LinkProfile profile = delayed().lossProbability(loss).build();
            SimulatedPair pair = SimulatedPair.over(profile, seeds.derive("link"))
                    .configs(SimulatedPair.fast3(128, 128), SimulatedPair.fast3(128, window))
                    .build();
            long total = bytes * 30L;
            pair.b.setReading(false);
            pair.a.write(total);
            pair.clock.advance(3000);
            assertThat(pair.a.kcp.remoteWindowSegments()).isZero();
            assertThat(pair.b.kcp.readableBytes()).isPositive();
            pair.b.readSlowly(bytes, everyMs, total);
            pair.runUntilReceived(0, total, 10 * LIMIT_MS);
            pair.assertComesToRest(LIMIT_MS);
        });
    }

    /** One message that opens the window is lost for certain; the probe finds out. */
    @Test
    void aLostWindowAnnouncementIsMadeUpForByAProbe() {
        SimulatedPair pair = SimulatedPair.over(delayed().build(), 1)
                .configs(SimulatedPair.fast3(128, 128), SimulatedPair.fast3(128, 8))
                .build();
        pair.b.setReading(false);
        pair.a.write(100_000);
        pair.clock.advance(400);
        assertThat(pair.a.kcp.remoteWindowSegments()).isZero();
        pair.link.setBlackout(true);
        pair.b.setReading(true);
        pair.clock.advance(30);
        pair.link.setBlackout(false);
        pair.runUntilReceived(0, 100_000, 3000);
        pair.assertComesToRest(LIMIT_MS);
    }

    @ParameterizedTest(name = "noDelay {0}, congestion control {1}")
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void aBlackoutOf20SecondsIsSurvived(boolean noDelay, boolean congestionControl) {
        Seeds.run(7005, seeds -> {
            KcpConfig config = new KcpConfig(1322, 128, 512, noDelay, 20, 2, congestionControl, false);
            SimulatedPair pair = SimulatedPair.over(
                            delayed().rateBitsPerSecond(20e6).build(), seeds.derive("link"))
                    .configs(config, config)
                    .build();
            pair.a.write(4_000_000);
            pair.b.write(4_000_000);
            pair.clock.advance(400);
            long before = pair.b.received();
            assertThat(before).isLessThan(4_000_000);
            pair.link.setBlackout(true);
            pair.clock.advance(20_000);
            assertThat(pair.b.received() - before).isLessThan(300_000);
            pair.link.setBlackout(false);
            long restored = pair.clock.nowMs();
            long stuckAt = pair.b.received();
            pair.clock.runUntil(() -> pair.b.received() > stuckAt, restored + 20_000);
            // Timeouts grow linearly: after 20 s the next try is at most some seconds away.
            assertThat(pair.clock.nowMs() - restored).isLessThan(5000);
            pair.runUntilReceived(4_000_000, 4_000_000, LIMIT_MS);
            pair.assertComesToRest(LIMIT_MS);
        });
    }

    /** The 32-bit clock passes 2^31 and 2^32 while data flows; so do the numbers. */
    @ParameterizedTest(name = "clock 2^{0}")
    @CsvSource({"31", "32"})
    void clockAndNumbersWrapInMidTransfer(int bits) {
        Seeds.run(7006, seeds -> {
            long wrapMs = 1L << bits;
            int firstSn = (int) (wrapMs - 400);
            LinkProfile profile = delayed().lossProbability(0.05).build();
            SimulatedPair pair = SimulatedPair.over(profile, seeds.derive("link"))
                    .starting(wrapMs - 300, firstSn)
                    .build();
            pair.a.write(1_500_000);
            pair.b.write(1_500_000);
            pair.clock.advance(200);
            assertThat(pair.clock.nowMs()).isLessThan(wrapMs);
            assertThat(pair.b.received()).isBetween(1L, 1_499_999L);
            pair.runUntilReceived(1_500_000, 1_500_000, 60_000);
            assertThat(pair.clock.nowMs()).isGreaterThan(wrapMs);
            assertThat(1_500_000 / pair.a.kcp.config().mssBytes()).isGreaterThan(400);
            pair.assertComesToRest(LIMIT_MS);
        });
    }

    @Test
    void aLongPauseInTheMiddleChangesNothing() {
        SimulatedPair pair = SimulatedPair.over(delayed().build(), 3).build();
        pair.a.write(10_000);
        pair.runUntilReceived(0, 10_000, 10_000);
        pair.clock.advance(40L * 86_400_000); // past 2^31 ms
        pair.a.write(10_000);
        pair.b.write(10_000);
        pair.runUntilReceived(10_000, 20_000, 10_000);
        pair.assertComesToRest(LIMIT_MS);
    }

    @Test
    void releaseInTheMiddleOfATransferGivesAllMemoryBack() {
        SimulatedPair pair =
                SimulatedPair.over(delayed().lossProbability(0.2).build(), 5).build();
        pair.b.setReading(false);
        pair.a.write(5_000_000);
        pair.b.write(5_000_000);
        pair.clock.advance(300);
        assertThat(pair.pool.liveSegments()).isGreaterThan(100);
        int live = pair.pool.liveSegments();
        int spare = pair.pool.spareSegments();
        pair.close();
        assertThat(pair.pool.liveSegments()).isZero();
        assertThat(pair.pool.spareSegments()).isEqualTo(live + spare);
    }
}
