package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.wire.KcpSegmentHeader;
import io.millrace.kcp.wire.LittleEndian;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes from the network: nothing is thrown, and no bound is passed. spec: kcp 6.2, 6.4
 *
 * <p>The rows of 6.2 and 6.4 that concern the core, one by one: old windows, data and ACKs replayed, fragments, zero
 * lengths, duplicates without end, huge lengths, wrong commands and conversations, numbers beyond the window in {@link
 * KcpReceiveTest}; una and ACKs of what was never sent, old, future and absurd stamps in {@link KcpSendTest}; ranges of the
 * settings in {@link KcpConfigTest}. Sequences of operations found by a fuzzer: {@link KcpFuzzTest}.
 */
class KcpHostileInputTest {
    private static final KcpConfig SMALL = new KcpConfig(200, 16, 24, true, 10, 2, true, false);

    @Provide
    Arbitrary<List<byte[]>> randomDatagrams() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(200).list().ofMaxSize(40);
    }

    /** Random bytes with a valid conversation at times, so that the later checks are reached too. */
    @Property(tries = 3000)
    void randomBytesNeverThrow(@ForAll("randomDatagrams") List<byte[]> datagrams, @ForAll boolean rightConversation) {
        KcpTorment torment = new KcpTorment(SMALL, 0, 0);
        for (byte[] datagram : datagrams) {
            if (rightConversation && datagram.length >= 4) {
                System.arraycopy(
                        Packets.segment(KcpBench.CONV, 81, 0, 0, 0, 0, 0, KcpBench.NOTHING), 0, datagram, 0, 4);
            }
            torment.input(datagram, false);
            torment.operate(datagram.length);
        }
        torment.finish();
    }

    /** Fields that are near to what the core expects, in every combination with what they must not be. */
    @Provide
    Arbitrary<List<byte[]>> nearlyValid() {
        Arbitrary<Integer> cmds = Arbitraries.of(81, 81, 81, 82, 82, 82, 83, 84, 80, 85);
        Arbitrary<Integer> numbers = Arbitraries.oneOf(
                Arbitraries.integers().between(-4, 40),
                Arbitraries.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 0x4000_0000, -1000, 1 << 16));
        Arbitrary<Integer> windows = Arbitraries.of(0, 1, 5, 128, 65_535);
        Arbitrary<Integer> lengths = Arbitraries.oneOf(
                Arbitraries.just(-1),
                Arbitraries.just(-1),
                Arbitraries.integers().between(0, 60),
                Arbitraries.integers());
        Arbitrary<Integer> sizes = Arbitraries.integers().between(0, 40);
        return Combinators.combine(cmds, numbers, numbers, numbers, windows, lengths, sizes)
                .as((cmd, ts, sn, una, wnd, len, size) -> {
                    byte[] segment = Packets.segment(KcpBench.CONV, cmd, sn & 0xff, wnd, ts, sn, una, new byte[size]);
                    if (len >= 0) {
                        LittleEndian.putInt(segment, 20, len);
                    }
                    return segment;
                })
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 3000)
    void nearlyValidSegmentsKeepEveryBound(@ForAll("nearlyValid") List<byte[]> segments, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int start = random.nextBoolean() ? 0 : Integer.MAX_VALUE - 10;
        KcpTorment torment = new KcpTorment(SMALL, start, start);
        List<byte[]> packet = new ArrayList<>();
        for (byte[] segment : segments) {
            KcpTorment.shiftNumbers(segment, start);
            packet.add(segment);
            if (random.nextInt(3) == 0) {
                torment.input(Packets.join(packet.toArray(new byte[0][])), random.nextInt(5) == 0);
                packet.clear();
            }
            torment.operate(random.nextInt(256));
        }
        torment.finish();
    }

    /** Valid traffic of a real peer with bytes changed, cut off, repeated and replayed on the way. */
    @Test
    void mutatedTrafficKeepsEveryBound() {
        Seeds.run(8001, seeds -> {
            SplittableRandom random = seeds.random("mutations");
            long taken = 0;
            long refused = 0;
            for (int round = 0; round < 60; round++) {
                KcpTorment a = new KcpTorment(SMALL, 0, 0);
                KcpTorment b = new KcpTorment(SMALL, 0, 0);
                List<byte[]> history = new ArrayList<>();
                for (int step = 0; step < 150; step++) {
                    a.operate(random.nextInt(256));
                    b.operate(random.nextInt(256));
                    deliver(a, b, random, history);
                    deliver(b, a, random, history);
                }
                taken += a.kcp.stats().inSegs + b.kcp.stats().inSegs;
                refused += a.kcp.stats().kcpInErrors + b.kcp.stats().kcpInErrors;
                a.finish();
                b.finish();
            }
            assertThat(taken).isGreaterThan(2000);
            assertThat(refused).isGreaterThan(500);
        });
    }

    private static void deliver(KcpTorment from, KcpTorment to, SplittableRandom random, List<byte[]> history) {
        for (byte[] packet : from.sink.take()) {
            history.add(packet);
            byte[] datagram = random.nextInt(8) == 0 ? history.get(random.nextInt(history.size())) : packet;
            datagram = datagram.clone();
            if (random.nextInt(3) == 0) {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    datagram[random.nextInt(datagram.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            if (random.nextInt(10) == 0) {
                datagram = Arrays.copyOf(datagram, random.nextInt(datagram.length + 1));
            }
            to.input(datagram, random.nextInt(10) == 0);
        }
    }

    /**
     * A million datagrams from a peer that has the key and means harm: tiny, duplicate, beyond the window, huge lengths,
     * fragments, zero lengths, una and ACKs of what was never sent, closed windows. Afterwards the memory is back.
     */
    @Test
    void memoryIsBackAfterAMillionHostileDatagrams() {
        Seeds.run(8002, seeds -> {
            SplittableRandom random = seeds.random("hostile");
            KcpConfig config = new KcpConfig(1322, 128, 512, true, 10, 2, false, false);
            warmUp(config, random);
            long heapBefore = usedHeapBytes();
            KcpTorment victim = new KcpTorment(config, 0, 0);
            byte[] datagram = new byte[1400];
            int mostLive = 0;
            for (int i = 0; i < 1_000_000; i++) {
                int length = hostileDatagram(datagram, victim.kcp, random);
                victim.inputRaw(datagram, length);
                if ((i & 31) == 0) {
                    victim.operate(random.nextInt(256));
                    victim.sink.take();
                }
                mostLive = Math.max(mostLive, victim.pool.liveSegments());
            }
            victim.checkBounds();
            // Both receive queues full, and what we ourselves may have on the way.
            assertThat(mostLive).isGreaterThan(100).isLessThanOrEqualTo(2 * 512 + 128 + 16);
            assertThat(victim.kcp.stats().kcpInErrors).isGreaterThan(10_000);
            assertThat(victim.kcp.stats().repeatSegs).isGreaterThan(10_000);
            victim.finish();
            assertThat(usedHeapBytes() - heapBefore).isLessThan(8L << 20);
        });
    }

    private static void warmUp(KcpConfig config, SplittableRandom random) {
        KcpTorment torment = new KcpTorment(config, 0, 0);
        byte[] datagram = new byte[1400];
        for (int i = 0; i < 10_000; i++) {
            torment.inputRaw(datagram, hostileDatagram(datagram, torment.kcp, random));
        }
        torment.finish();
    }

    private static int hostileDatagram(byte[] to, Kcp victim, SplittableRandom random) {
        int at = 0;
        int segments = random.nextInt(8) == 0 ? 50 : 1 + random.nextInt(4);
        for (int i = 0; i < segments && at + 100 < to.length; i++) {
            int cmd = random.nextInt(10) < 6 ? 81 : 81 + random.nextInt(5);
            int length = random.nextInt(3) == 0 ? 0 : random.nextInt(1, 60);
            int spread = random.nextInt(700);
            int sn =
                    switch (random.nextInt(4)) {
                        case 0 -> spread; // always far behind, soon
                        case 1 -> victim.nextExpected() + spread - 100;
                        case 2 -> victim.nextExpected();
                        default -> random.nextInt();
                    };
            int una = random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(100);
            int wnd = random.nextInt(4) == 0 ? 0 : random.nextInt(65_536);
            KcpSegmentHeader.write(to, at, KcpBench.CONV, cmd, wnd, random.nextInt(), sn, una, length);
            to[at + 5] = (byte) random.nextInt();
            if (random.nextInt(50) == 0) {
                LittleEndian.putInt(to, at + 20, random.nextInt());
            }
            at += KcpSegmentHeader.BYTES + length;
        }
        return random.nextInt(40) == 0 ? random.nextInt(at) : at;
    }

    private static long usedHeapBytes() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
