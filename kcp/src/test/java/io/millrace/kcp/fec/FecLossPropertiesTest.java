package io.millrace.kcp.fec;

import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** What comes out of a decoder behind a bad link is what went into the encoder; and as much of it as the code allows. */
class FecLossPropertiesTest {
    /** Numbers whose pairs are tried: kcptun's default, equal sums, multiples of each other, one shard of a kind. */
    private static final int[][] NUMBERS = {
        {1, 1}, {2, 1}, {1, 2}, {3, 2}, {4, 1}, {5, 2}, {2, 2}, {4, 2}, {3, 3}, {10, 3}, {9, 4}, {20, 6}, {30, 15}
    };

    @Property(tries = 300, seed = "20260101")
    void anyLossUpToTheParityComesBack(
            @ForAll @IntRange(min = 1, max = 40) int data,
            @ForAll @IntRange(min = 1, max = 20) int parity,
            @ForAll @LongRange(min = 0) long caseSeed) {
        Seeds.run(caseSeed, seeds -> {
            SplittableRandom random = seeds.random("loss");
            FecSender sender = new FecSender(data, parity, seeds.random("packets"));
            FecDecoder decoder = new FecDecoder(data, parity, new FecWorkspace());
            for (int i = 0; i < 2; i++) { // the first packet of all may have no parity
                feed(decoder, sender.packets(data), sender, new HashSet<>());
            }
            for (int group = 0; group < 5; group++) {
                List<byte[]> packets = sender.packets(data);
                List<byte[]> all = new ArrayList<>(packets);
                Set<List<Byte>> expected = new HashSet<>();
                for (int lost = random.nextInt(parity + 1); lost > 0; lost--) {
                    byte[] gone = packets.remove(random.nextInt(packets.size()));
                    if (all.indexOf(gone) < data) {
                        expected.add(boxed(gone, 8, gone.length));
                    }
                }
                Collections.shuffle(packets, new Random(random.nextLong()));
                Set<List<Byte>> got = new HashSet<>();
                feed(decoder, packets, sender, got);
                if (!got.containsAll(expected)) {
                    throw new AssertionError(
                            "%d/%d: lost %d, got back %d of them".formatted(data, parity, expected.size(), got.size()));
                }
            }
        });
    }

    /** The simulation of spec kcp 3.4: all pairs of numbers, at 0, 5 and 30 % loss, from any place, in disorder. */
    @Property(tries = 6, seed = "20260101")
    void nothingComesOutThatWasNotSent(@ForAll @LongRange(min = 0) long caseSeed) {
        Seeds.run(caseSeed, seeds -> {
            for (int[] theirs : NUMBERS) {
                for (int[] ours : NUMBERS) {
                    for (int lossPercent : new int[] {0, 5, 30}) {
                        String name = Arrays.toString(theirs) + Arrays.toString(ours) + lossPercent;
                        Seeds one = seeds.child(name);
                        FecDecoder decoder = new FecDecoder(ours[0], ours[1], new FecWorkspace());
                        simulate(theirs, decoder, lossPercent, one, name);
                        simulate(theirs, FecDecoder.lazy(new FecWorkspace()), lossPercent, one, "lazy " + name);
                    }
                }
            }
        });
    }

    private static void simulate(int[] numbers, FecDecoder decoder, int lossPercent, Seeds seeds, String name) {
        SplittableRandom random = seeds.random("link");
        FecSender sender = new FecSender(numbers[0], numbers[1], seeds.random("packets"));
        if (random.nextInt(4) == 0) {
            sender.encoder.startAt(0xffffffffL / (numbers[0] + numbers[1]) * (numbers[0] + numbers[1])
                    - (numbers[0] + numbers[1]) * 5L);
        }
        List<byte[]> packets = sender.packets(40 * numbers[0]);
        packets = packets.subList(random.nextInt(numbers[0] + numbers[1] + 1), packets.size()); // late start
        List<byte[]> arriving = new ArrayList<>();
        for (byte[] packet : packets) {
            if (random.nextInt(100) >= lossPercent) {
                // Some overtake a few others, some come twice.
                int back = random.nextInt(20) == 0 ? Math.min(arriving.size(), random.nextInt(6)) : 0;
                arriving.add(arriving.size() - back, packet);
                if (random.nextInt(50) == 0) {
                    arriving.add(packet);
                }
            }
        }
        feed(decoder, arriving, sender, new HashSet<>());
        boolean tuned = decoder.dataShards() == numbers[0] && decoder.parityShards() == numbers[1];
        if (lossPercent == 0 && numbers[0] > 1 && !(tuned && decoder.confirmed())) {
            throw new AssertionError("%s: after %d packets it has %d/%d, confirmed %s"
                    .formatted(
                            name, arriving.size(), decoder.dataShards(), decoder.parityShards(), decoder.confirmed()));
        }
    }

    private static void feed(FecDecoder decoder, List<byte[]> packets, FecSender sender, Set<List<Byte>> got) {
        for (byte[] packet : packets) {
            decoder.input(packet, 0, packet.length, (bytes, offset, length) -> {
                if (!sender.wasSent(bytes, offset, length)) {
                    throw new AssertionError("a shard of %d bytes that was never sent, with %d/%d"
                            .formatted(length, decoder.dataShards(), decoder.parityShards()));
                }
                got.add(boxed(bytes, offset, offset + length));
            });
        }
    }

    private static List<Byte> boxed(byte[] bytes, int from, int to) {
        List<Byte> list = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            list.add(bytes[i]);
        }
        return list;
    }
}
