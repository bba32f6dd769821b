package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedLinkTest {
    private static final int N = 20_000;

    private final VirtualClock clock = new VirtualClock();
    private final List<Arrival> arrivals = new ArrayList<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record Arrival(long atNs, int number, byte[] datagram) {
        String trace() {
            return atNs + ":" + number + ":" + Arrays.hashCode(datagram);
        }
    }

    private SimulatedLink link(LinkProfile profile, long seed) {
        return new SimulatedLink(
                clock,
                profile,
                seed,
                datagram -> arrivals.add(
                        new Arrival(clock.nowNs(), ByteBuffer.wrap(datagram).getInt(), datagram)));
    }

    private static byte[] datagram(int number, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0x5a);
        ByteBuffer.wrap(bytes).putInt(number);
        return bytes;
    }

    /** Sends N datagrams of 100 bytes, one a millisecond, and lets all arrive. */
    private void sendAll(SimulatedLink link) {
        for (int i = 0; i < N; i++) {
            link.send(datagram(i, 100));
            clock.advance(1);
        }
        clock.advance(100_000);
        assertThat(link.counters().inFlight()).isZero();
        assertThat(link.counters().sent()).isEqualTo(N);
        assertThat(link.counters().delivered()).isEqualTo(arrivals.size());
        assertThat(link.counters().deliveredBytes()).isEqualTo(arrivals.size() * 100L);
    }

    private List<Integer> numbers() {
        return arrivals.stream().map(Arrival::number).toList();
    }

    @Test
    void aPerfectLinkDeliversEverythingAtOnceButNotInsideSend() {
        SimulatedLink link = link(LinkProfile.PERFECT, 1);
        byte[] sent = datagram(7, 50);
        link.send(sent);
        Arrays.fill(sent, (byte) 0); // the link has its own copy
        assertThat(arrivals).isEmpty();
        clock.advance(0);
        assertThat(arrivals).hasSize(1);
        assertThat(arrivals.get(0).datagram()).isEqualTo(datagram(7, 50));
        assertThat(arrivals.get(0).atNs()).isZero();
    }

    @Test
    void sendsASliceOfAnArray() {
        SimulatedLink link = link(LinkProfile.PERFECT, 1);
        link.send(new byte[] {9, 0, 0, 0, 5, 6, 9}, 1, 5);
        clock.advance(0);
        assertThat(arrivals.get(0).datagram()).containsExactly(0, 0, 0, 5, 6);
    }

    @Test
    void theSameSeedGivesTheSameTraceAndAnotherSeedAnother() {
        LinkProfile bad = LinkProfile.builder()
                .delayMs(40)
                .jitterMs(15)
                .jitterReorders(true)
                .reorder(0.02, 30)
                .lossProbability(0.05)
                .burstLoss(0.01, 4)
                .duplicateProbability(0.03)
                .corruptProbability(0.02)
                .rateBitsPerSecond(2e6)
                .build();
        List<List<String>> traces = new ArrayList<>();
        for (long seed : new long[] {11, 11, 12}) {
            arrivals.clear();
            VirtualClock ownClock = new VirtualClock();
            SimulatedLink link =
                    new SimulatedLink(ownClock, bad, seed, d -> arrivals.add(new Arrival(ownClock.nowNs(), 0, d)));
            for (int i = 0; i < 2000; i++) {
                link.send(datagram(i, 100));
                ownClock.advance(1);
            }
            ownClock.advance(10_000);
            traces.add(arrivals.stream().map(Arrival::trace).toList());
        }
        assertThat(traces.get(0)).isEqualTo(traces.get(1)).isNotEqualTo(traces.get(2));
    }

    @Test
    void delayIsExactAndFractional() {
        SimulatedLink link = link(LinkProfile.builder().delayMs(12.345678).build(), 1);
        link.send(datagram(1, 10));
        clock.advance(100);
        assertThat(arrivals.get(0).atNs()).isEqualTo(12_345_678);
    }

    @Test
    void jitterSpreadsEvenlyAroundTheDelayAndKeepsTheOrderUnlessToldOtherwise() {
        LinkProfile ordered = LinkProfile.builder().delayMs(50).jitterMs(10).build();
        sendAll(link(ordered, 3));
        assertThat(numbers()).isSorted().hasSize(N);

        arrivals.clear();
        long start = clock.nowNs();
        SimulatedLink link = link(ordered.toBuilder().jitterReorders(true).build(), 3);
        sendAll(link);
        assertThat(link.counters().reordered()).isGreaterThan(N / 3);
        double[] delaysMs = arrivals.stream()
                .mapToDouble(a -> (a.atNs() - start) / 1e6 - a.number())
                .toArray();
        assertThat(Arrays.stream(delaysMs).min().orElseThrow()).isBetween(40.0, 40.1);
        assertThat(Arrays.stream(delaysMs).max().orElseThrow()).isBetween(59.9, 60.0);
        assertThat(Arrays.stream(delaysMs).average().orElseThrow()).isBetween(49.5, 50.5);
    }

    @Test
    void losesTheShareAskedFor() {
        SimulatedLink link = link(LinkProfile.builder().lossProbability(0.1).build(), 5);
        sendAll(link);
        assertThat(link.counters().lost()).isBetween(1800L, 2200L).isEqualTo(N - arrivals.size());
    }

    @Test
    void losesInBurstsOfTheMeanLengthAskedFor() {
        SimulatedLink link = link(LinkProfile.builder().burstLossShare(0.1, 8).build(), 5);
        sendAll(link);
        assertThat(link.counters().lost()).isBetween(1600L, 2400L);
        int bursts = 0;
        int expected = 0;
        for (int number : numbers()) {
            bursts += number == expected ? 0 : 1;
            expected = number + 1;
        }
        assertThat((double) link.counters().lost() / bursts).isBetween(6.5, 9.5);
    }

    @Test
    void burstsEndWhenTheProfileSaysSo() {
        SimulatedLink link = link(LinkProfile.builder().burstLoss(1, 1e9).build(), 5);
        link.send(datagram(1, 10));
        link.setProfile(LinkProfile.PERFECT);
        link.send(datagram(2, 10));
        clock.advance(0);
        assertThat(numbers()).containsExactly(2);
    }

    @Test
    void duplicatesTheShareAskedFor() {
        SimulatedLink link =
                link(LinkProfile.builder().delayMs(3).duplicateProbability(0.2).build(), 6);
        sendAll(link);
        assertThat(link.counters().duplicated()).isBetween(3700L, 4300L).isEqualTo(arrivals.size() - N);
        assertThat(numbers().stream().distinct().count()).isEqualTo(N);
        assertThat(link.counters().reordered()).isZero();
    }

    @Test
    void corruptsOneToFourBytesOfTheShareAskedFor() {
        SimulatedLink link = link(LinkProfile.builder().corruptProbability(0.2).build(), 7);
        sendAll(link);
        int[] byChangedBytes = new int[5];
        for (int i = 0; i < N; i++) { // nothing lost or reordered: the ith arrival is the ith datagram
            byte[] sent = datagram(i, 100);
            int changed = 0;
            for (int at = 0; at < sent.length; at++) {
                changed += sent[at] == arrivals.get(i).datagram()[at] ? 0 : 1;
            }
            byChangedBytes[changed]++;
        }
        assertThat(link.counters().corrupted()).isBetween(3700L, 4300L).isEqualTo(N - byChangedBytes[0]);
        assertThat(Arrays.stream(byChangedBytes).min().orElseThrow()).isGreaterThan(500);
    }

    @Test
    void aDatagramOfOneByteIsCorruptedAndAnEmptyOneDelivered() {
        List<byte[]> got = new ArrayList<>();
        SimulatedLink link = new SimulatedLink(
                clock, LinkProfile.builder().corruptProbability(1).build(), 7, got::add);
        link.send(new byte[] {1});
        link.send(new byte[0]);
        clock.advance(0);
        assertThat(got).hasSize(2);
        assertThat(got.get(0)).hasSize(1).isNotEqualTo(new byte[] {1});
        assertThat(got.get(1)).isEmpty();
        assertThat(link.counters().corrupted()).isEqualTo(1);
    }

    @Test
    void heldBackDatagramsAreOvertaken() {
        SimulatedLink link =
                link(LinkProfile.builder().delayMs(10).reorder(0.1, 2.5).build(), 8);
        sendAll(link);
        assertThat(link.counters().reordered()).isBetween(1600L, 2100L);
        long late = arrivals.stream()
                .filter(a -> a.atNs() - a.number() * 1_000_000L == 12_500_000)
                .count();
        long onTime = arrivals.stream()
                .filter(a -> a.atNs() - a.number() * 1_000_000L == 10_000_000)
                .count();
        assertThat(late).isBetween(1800L, 2200L);
        assertThat(late + onTime).isEqualTo(N);
    }

    @Test
    void theRateSpacesDatagramsExactlyOverheadIncluded() {
        // (972 + 28) bytes at 1 Mbit/s: 8 ms each, after a delay of 1 ms
        SimulatedLink link =
                link(LinkProfile.builder().rateBitsPerSecond(1e6).delayMs(1).build(), 1);
        for (int i = 0; i < 3; i++) {
            link.send(datagram(i, 972));
        }
        clock.runUntil(100);
        link.send(datagram(3, 972)); // the link was idle: starts anew
        clock.runUntil(200);
        assertThat(arrivals.stream().map(Arrival::atNs))
                .containsExactly(9_000_000L, 17_000_000L, 25_000_000L, 109_000_000L);

        arrivals.clear();
        link.setProfile(
                LinkProfile.builder().rateBitsPerSecond(2.5).overheadBytes(0).build());
        link.send(datagram(4, 10)); // 80 bits at 2.5 bit/s
        clock.advance(40_000);
        assertThat(arrivals.get(0).atNs()).isEqualTo(32_200_000_000L);
    }

    @Test
    void theQueueDropsAtItsTailByPackets() {
        LinkProfile profile =
                LinkProfile.builder().rateBitsPerSecond(1e6).queuePackets(3).build();
        SimulatedLink link = link(profile, 1);
        for (int i = 0; i < 5; i++) {
            link.send(datagram(i, 972));
        }
        clock.runUntil(8); // the first has left: room for one
        link.send(datagram(5, 972));
        link.send(datagram(6, 972));
        clock.runUntil(1000);
        assertThat(numbers()).containsExactly(0, 1, 2, 5);
        assertThat(link.counters().queueDropped()).isEqualTo(3);
        assertThat(arrivals.get(3).atNs()).isEqualTo(32_000_000);
    }

    @Test
    void theQueueDropsAtItsTailByBytesButAnEmptyQueueTakesAnything() {
        LinkProfile profile =
                LinkProfile.builder().rateBitsPerSecond(1e6).queueBytes(2000).build();
        SimulatedLink link = link(profile, 1);
        link.send(datagram(0, 972));
        link.send(datagram(1, 973)); // one byte too many
        link.send(datagram(2, 972));
        link.send(datagram(3, 4)); // full
        clock.runUntil(1000);
        link.send(datagram(4, 5000));
        clock.runUntil(2000);
        assertThat(numbers()).containsExactly(0, 2, 4);
        assertThat(link.counters().queueDropped()).isEqualTo(2);
    }

    @Test
    void aLongQueueKeepsItsArithmetic() {
        SimulatedLink link = link(
                LinkProfile.builder()
                        .rateBitsPerSecond(8e6)
                        .overheadBytes(0)
                        .queuePackets(700)
                        .build(),
                1);
        int sent = 0;
        for (int round = 0; round < 50; round++) { // 1 ms a datagram; the queue grows, wraps round and drains
            for (int i = 0; i < 100; i++) {
                link.send(datagram(sent++, 1000));
            }
            clock.advance(round < 10 ? 40 : 130);
        }
        clock.advance(10_000);
        assertThat(link.counters().queueDropped()).isZero();
        assertThat(numbers()).isSorted().hasSize(5000);
        for (int i = 0; i < 600; i++) {
            assertThat(arrivals.get(i).atNs()).isEqualTo((i + 1) * 1_000_000L);
        }
    }

    @Test
    void lostDatagramsTakeTheirShareOfTheRateAndDuplicatesDoNot() {
        SimulatedLink link = link(
                LinkProfile.builder().rateBitsPerSecond(1e6).lossProbability(1).build(), 1);
        link.send(datagram(0, 972));
        link.setProfile(LinkProfile.builder()
                .rateBitsPerSecond(1e6)
                .duplicateProbability(1)
                .build());
        link.send(datagram(1, 972));
        clock.runUntil(100);
        assertThat(arrivals.stream().map(Arrival::atNs)).containsExactly(16_000_000L, 16_000_000L);
    }

    @Test
    void dropsWhatIsLargerThanTheMtu() {
        SimulatedLink link = link(LinkProfile.builder().mtuBytes(1400).build(), 1);
        link.send(datagram(0, 1400));
        link.send(datagram(1, 1401));
        clock.advance(0);
        assertThat(numbers()).containsExactly(0);
        assertThat(link.counters().mtuDropped()).isEqualTo(1);
    }

    @Test
    void blackoutWindowsCountFromTheLinksStartAndExcludeTheirEnd() {
        clock.advance(1 << 20);
        SimulatedLink link =
                link(LinkProfile.builder().blackoutMs(10, 20).blackoutMs(30, 31).build(), 1);
        for (int i = 0; i < 40; i++) {
            link.send(datagram(i, 10));
            clock.advance(1);
        }
        assertThat(numbers()).hasSize(29).contains(9, 20, 29, 31).doesNotContain(10, 19, 30);
        assertThat(link.counters().blackoutDropped()).isEqualTo(11);
    }

    @Test
    void theBlackoutSwitchDropsWhatIsSentAndLetsPassWhatIsOnItsWay() {
        SimulatedLink link = link(LinkProfile.builder().delayMs(10).build(), 1);
        link.send(datagram(0, 10));
        link.setBlackout(true);
        link.send(datagram(1, 10));
        clock.advance(5);
        link.setBlackout(false);
        link.send(datagram(2, 10));
        clock.advance(100);
        assertThat(numbers()).containsExactly(0, 2);
    }

    @Test
    void aShorterDelayDoesNotOvertakeUnlessReorderingIsAllowed() {
        SimulatedLink link = link(LinkProfile.builder().delayMs(100).build(), 1);
        link.send(datagram(0, 10));
        link.setProfile(LinkProfile.builder().delayMs(10).build());
        link.send(datagram(1, 10));
        link.setProfile(LinkProfile.builder().delayMs(10).jitterReorders(true).build());
        link.send(datagram(2, 10));
        clock.advance(1000);
        assertThat(numbers()).containsExactly(2, 0, 1);
        assertThat(link.counters().reordered()).isEqualTo(2);
    }

    @Test
    void turningOneKnobLeavesTheOthersChoicesAlone() {
        LinkProfile loss = LinkProfile.builder().lossProbability(0.1).build();
        sendAll(link(loss, 9));
        List<Integer> before = numbers();
        arrivals.clear();
        LinkProfile more = loss.toBuilder()
                .delayMs(5)
                .jitterMs(5)
                .corruptProbability(0.00001)
                .duplicateProbability(0.3)
                .rateBitsPerSecond(1e9)
                .build();
        sendAll(link(more, 9));
        assertThat(numbers().stream().distinct().toList()).isEqualTo(before);
    }

    @Test
    void bothDirectionsOfADuplexLinkWorkAndDiffer() {
        DuplexLink link =
                new DuplexLink(clock, LinkProfile.builder().lossProbability(0.5).build(), 4);
        List<Integer> atA = new ArrayList<>();
        List<Integer> atB = new ArrayList<>();
        link.connect(
                d -> atA.add(ByteBuffer.wrap(d).getInt()),
                d -> atB.add(ByteBuffer.wrap(d).getInt()));
        for (int i = 0; i < 1000; i++) {
            link.aToB().send(datagram(i, 10));
            link.bToA().send(datagram(i, 10));
        }
        clock.advance(0);
        assertThat(atA).hasSizeBetween(400, 600).isNotEqualTo(atB);
        assertThat(atB).hasSizeBetween(400, 600);
        link.setBlackout(true);
        link.aToB().send(datagram(0, 10));
        link.bToA().send(datagram(0, 10));
        clock.advance(0);
        assertThat(link.aToB().counters().blackoutDropped()
                        + link.bToA().counters().blackoutDropped())
                .isEqualTo(2);
        link.setBlackout(false);
        link.setProfile(LinkProfile.PERFECT);
        link.aToB().send(datagram(5000, 10));
        link.bToA().send(datagram(6000, 10));
        clock.advance(0);
        assertThat(atB).endsWith(5000);
        assertThat(atA).endsWith(6000);
    }

    @Test
    void arrivalWithoutAReceiverIsAnError() {
        SimulatedLink link = new SimulatedLink(clock, LinkProfile.PERFECT, 1);
        link.send(new byte[1]);
        assertThatThrownBy(() -> clock.advance(0)).hasMessageContaining("setReceiver");
    }
}
