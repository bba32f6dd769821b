package io.millrace.kcp.fec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.LittleEndian;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FecDecoderTest {
    private final FecWorkspace workspace = new FecWorkspace();
    private final SplittableRandom random = new SplittableRandom(3);
    private final List<Integer> recoveredSizes = new ArrayList<>();

    private void feed(FecDecoder decoder, byte[] packet) {
        decoder.input(packet, 0, packet.length, (bytes, offset, length) -> recoveredSizes.add(length));
    }

    private void feed(FecDecoder decoder, List<byte[]> packets) {
        packets.forEach(p -> feed(decoder, p));
    }

    private FecDecoder confirmed(FecSender sender, int data, int parity) {
        FecDecoder decoder = new FecDecoder(data, parity, workspace);
        feed(decoder, sender.packets(data));
        assertThat(decoder.confirmed()).isTrue();
        assertThat(recoveredSizes).isEmpty();
        return decoder;
    }

    /** "First recovery possible after 11 packets at no loss." spec: kcp 3.4 */
    @Test
    void aFullGroupAndOneParityConfirmTheNumbers() {
        FecSender sender = new FecSender(10, 3, random);
        FecDecoder decoder = new FecDecoder(10, 3, workspace);
        List<byte[]> packets = sender.packets(10);
        feed(decoder, packets.subList(0, 10));
        assertThat(decoder.confirmed()).isFalse();
        feed(decoder, packets.get(10));
        assertThat(decoder.confirmed()).isTrue();
        assertThat(decoder.fecFullShards()).isEqualTo(1);
        feed(decoder, packets.subList(11, 13));
        assertThat(decoder.fecParityShards()).isEqualTo(3);
        packets = sender.packets(10);
        packets.remove(4);
        feed(decoder, packets);
        assertThat(decoder.fecRecovered()).isEqualTo(1);
        assertThat(recoveredSizes).hasSize(1);
    }

    @Test
    void recoversNothingUnconfirmed() {
        FecSender sender = new FecSender(3, 2, random);
        FecDecoder decoder = new FecDecoder(3, 2, workspace);
        for (int group = 0; group < 20; group++) {
            List<byte[]> packets = sender.packets(3);
            packets.remove(group % 3);
            packets.remove(2);
            feed(decoder, packets); // two data, one parity: enough, but nothing to check it by
        }
        assertThat(recoveredSizes).isEmpty();
        assertThat(decoder.confirmed()).isFalse();
    }

    /** Packets of 2/2 whose kinds fit 2/2 but whose parity is another code's. */
    @Test
    void aParityThatDoesNotFitStartsTuning() {
        FecSender sender = new FecSender(2, 2, random);
        FecDecoder decoder = new FecDecoder(2, 2, workspace);
        List<byte[]> packets = sender.packets(2);
        packets.get(2)[9] ^= 1;
        feed(decoder, packets.subList(0, 3));
        assertThat(decoder.confirmed()).isFalse();
        List<byte[]> next = sender.packets(2);
        next.remove(0);
        feed(decoder, next);
        assertThat(recoveredSizes).isEmpty();
        feed(decoder, sender.packets(2));
        feed(decoder, sender.packets(2));
        assertThat(decoder.confirmed()).as("tuned to the same numbers").isTrue();
    }

    /** Rows of the code sum to 1, so equal shards give an equal parity under any numbers. */
    @Test
    void equalPacketsProveNothing() {
        FecEncoder encoder = new FecEncoder(3, 1, 100);
        FecDecoder decoder = new FecDecoder(3, 1, workspace);
        for (int i = 0; i < 3; i++) {
            byte[] packet = new byte[40];
            for (int due = encoder.encodeData(packet, 0, 32, 0); due > 0; due--) {
                feed(decoder, packet);
                packet = new byte[encoder.parityPacketBytes()];
                encoder.writeParity(0, packet, 0);
            }
            feed(decoder, packet);
        }
        assertThat(decoder.confirmed()).isFalse();
        FecSender other = new FecSender(3, 1, random);
        other.encoder.startAt(4);
        feed(decoder, other.packets(3));
        assertThat(decoder.confirmed()).isTrue();
    }

    /** An even data packet with its odd parity: a lazy decoder's 1/1 would take them for a group of its own. */
    @Test
    void lazyDecoderDoesNotTrustItsOwnNumbers() {
        FecDecoder decoder = FecDecoder.lazy(workspace);
        byte[] packet = new byte[40];
        FecHeader.writeData(packet, 0, 2, 32);
        feed(decoder, packet);
        FecHeader.writeParity(packet, 0, 3); // the third of 3/1, all of them equal
        feed(decoder, packet);
        assertThat(decoder.confirmed()).isFalse();
        assertThat(decoder.fecShardSet()).isZero();
        feed(decoder, new FecSender(3, 1, random).packets(9));
        assertThat(decoder.dataShards()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"10, 3", "1, 1", "3, 2", "2, 5", "200, 55", "254, 1", "1, 254"})
    void lazyDecoderFindsTheNumbers(int data, int parity) {
        FecSender sender = new FecSender(data, parity, random);
        FecDecoder decoder = FecDecoder.lazy(workspace);
        int packetsSeen = 0;
        while (!decoder.confirmed() && packetsSeen < 5000) {
            for (byte[] packet : sender.packets(1)) {
                feed(decoder, packet);
                packetsSeen++;
            }
        }
        assertThat(decoder.dataShards()).isEqualTo(data);
        assertThat(decoder.parityShards()).isEqualTo(parity);
        // A run of each kind, the bounds, and the parity that the packets above end with.
        assertThat(packetsSeen).isLessThanOrEqualTo(3 * (data + parity));
        feed(decoder, sender.packets(2 * data));
        recoveredSizes.clear();
        List<byte[]> packets = sender.packets(data);
        packets.remove((packets.size() - parity) / 2);
        feed(decoder, packets);
        assertThat(recoveredSizes).hasSize(1);
    }

    /** A late start, loss and disorder delay tuning, but not for long: any run between two others will do. */
    @Test
    void tunesWithinAFewGroupsUnderLoss() {
        int total = 0;
        for (int round = 0; round < 200; round++) {
            FecSender sender = new FecSender(10, 3, random);
            sender.packets(random.nextInt(1, 1000));
            FecDecoder decoder = FecDecoder.lazy(workspace);
            int packetsSeen = 0;
            while (!decoder.confirmed()) {
                for (byte[] packet : sender.packets(1)) {
                    if (random.nextInt(100) >= 5) {
                        feed(decoder, packet);
                        packetsSeen++;
                    }
                }
                assertThat(packetsSeen).isLessThan(400);
            }
            assertThat(decoder.dataShards()).isEqualTo(10);
            assertThat(decoder.parityShards()).isEqualTo(3);
            total += packetsSeen;
        }
        assertThat(total / 200).as("packets needed on average").isLessThan(50);
    }

    /** Ids start anywhere; those of the session's first packets may be far from zero, or from each other. */
    @Test
    void tunesAfterAJumpOfIds() {
        FecSender sender = new FecSender(3, 2, random);
        FecDecoder decoder = FecDecoder.lazy(workspace);
        feed(decoder, sender.packets(2));
        sender.encoder.startAt(0x90000000L / 5 * 5 + 2); // where the group under way goes on
        feed(decoder, sender.packets(16));
        assertThat(decoder.confirmed()).isTrue();
        assertThat(decoder.dataShards()).isEqualTo(3);
        assertThat(decoder.parityShards()).isEqualTo(2);
    }

    /** The encoder's change of numbers is followed, without a wrong shard in between. spec: kcp 3.5 */
    @ParameterizedTest
    @CsvSource({"10, 3, 3, 2", "3, 2, 10, 3", "3, 2, 5, 3", "10, 3, 10, 5", "10, 5, 10, 3", "1, 1, 20, 5", "20, 5, 1, 1"
    })
    void followsAChangeOfNumbers(int data, int parity, int newData, int newParity) {
        for (int lossPercent : new int[] {0, 5}) {
            FecSender sender = new FecSender(data, parity, random);
            FecDecoder decoder = confirmed(sender, data == 1 ? 2 * data : data, parity, data);
            int wrong = 0;
            for (int group = 0; group < 400; group++) {
                if (group == 20) {
                    sender.encoder.setShards(newData, newParity);
                }
                for (byte[] packet : sender.packets(group < 20 ? data : newData)) {
                    if (random.nextInt(100) >= lossPercent) {
                        int[] bad = {0};
                        decoder.input(packet, 0, packet.length, (b, o, l) -> bad[0] += sender.wasSent(b, o, l) ? 0 : 1);
                        wrong += bad[0];
                    }
                }
            }
            assertThat(decoder.dataShards()).isEqualTo(newData);
            assertThat(decoder.parityShards()).isEqualTo(newParity);
            assertThat(wrong).isZero();
        }
    }

    private FecDecoder confirmed(FecSender sender, int packets, int parity, int data) {
        FecDecoder decoder = new FecDecoder(data, parity, workspace);
        feed(decoder, sender.packets(packets));
        assertThat(decoder.confirmed()).isTrue();
        return decoder;
    }

    @Test
    void newestFourGroupsAreKept() {
        FecSender sender = new FecSender(3, 2, random);
        FecDecoder decoder = confirmed(sender, 3, 2);
        List<List<byte[]>> groups = new ArrayList<>();
        for (int g = 0; g < 5; g++) {
            groups.add(sender.packets(3));
        }
        for (List<byte[]> group : groups) {
            feed(decoder, group.subList(1, 3)); // one short of enough
        }
        assertThat(decoder.fecShardSet()).isEqualTo(4);
        assertThat(decoder.fecShardMin()).isEqualTo(5);
        for (List<byte[]> group : groups) {
            feed(decoder, group.get(3)); // late parity
        }
        assertThat(recoveredSizes).as("all but the oldest").hasSize(4);
        assertThat(decoder.fecRecovered()).isEqualTo(4);
    }

    @Test
    void duplicatesCountForNothing() {
        FecSender sender = new FecSender(3, 2, random);
        FecDecoder decoder = confirmed(sender, 3, 2);
        List<byte[]> packets = sender.packets(3);
        for (int i = 0; i < 10; i++) {
            feed(decoder, packets.get(0));
            feed(decoder, packets.get(3));
        }
        assertThat(recoveredSizes).isEmpty();
        feed(decoder, packets.get(2));
        assertThat(recoveredSizes).hasSize(1);
        for (int i = 0; i < 10; i++) {
            feed(decoder, packets);
        }
        assertThat(recoveredSizes).as("a finished group stays finished").hasSize(1);
    }

    @Test
    void oneDataShardIsNotRepeatedByItsParity() {
        FecSender sender = new FecSender(1, 2, random);
        FecDecoder decoder = new FecDecoder(1, 2, workspace);
        for (int i = 0; i < 10; i++) {
            feed(decoder, sender.packets(1));
        }
        assertThat(decoder.confirmed()).isTrue();
        assertThat(recoveredSizes).isEmpty();
        List<byte[]> packets = sender.packets(1);
        feed(decoder, packets.subList(1, 3));
        assertThat(recoveredSizes).hasSize(1);
    }

    @Test
    void parityMayBeMissing() {
        FecSender sender = new FecSender(3, 2, random);
        FecDecoder decoder = confirmed(sender, 3, 2);
        for (int group = 0; group < 10; group++) {
            for (int i = 0; i < 3; i++) {
                feed(decoder, sender.packet(30, 600 * (3 * group + i)));
            }
        }
        assertThat(decoder.fecFullShards()).isEqualTo(11);
        assertThat(decoder.fecParityShards()).isEqualTo(2);
        assertThat(decoder.confirmed()).isTrue();
    }

    // Hostile peers and links, spec: kcp 6.2, 6.4

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 7})
    void shorterThanAHeaderIsIgnored(int length) {
        FecDecoder decoder = new FecDecoder(1, 1, workspace);
        decoder.input(new byte[] {0, 0, 0, 0, (byte) 0xf1, 0, 2, 0}, 0, length, (b, o, l) -> recoveredSizes.add(l));
        assertThat(decoder.fecShardSet()).isZero();
    }

    @Test
    void otherTypesAreIgnored() {
        FecDecoder decoder = new FecDecoder(1, 1, workspace);
        for (int type : new int[] {0, 0xf0, 0xf3, 0xf4, 0x1f1, 0xf100, 0xffff}) {
            byte[] packet = new byte[40];
            LittleEndian.putShort(packet, 4, type);
            feed(decoder, packet);
        }
        assertThat(decoder.fecShardSet()).isZero();
    }

    @Test
    void shardsLongerThanADatagramAreIgnored() {
        FecDecoder decoder = new FecDecoder(2, 1, workspace);
        byte[] packet = new byte[1507];
        FecHeader.writeData(packet, 0, 0, 1499);
        feed(decoder, packet);
        assertThat(decoder.fecShardSet()).isZero();
        decoder.input(packet, 0, 1506, (b, o, l) -> recoveredSizes.add(l));
        assertThat(decoder.fecShardSet()).isEqualTo(1);
    }

    @Test
    void idsFromPawsOnAreIgnored() {
        FecSender sender = new FecSender(10, 3, random);
        FecDecoder decoder = confirmed(sender, 10, 3);
        for (long id = 4294967287L; id <= 0xffffffffL; id++) {
            byte[] packet = new byte[40];
            FecHeader.writeData(packet, 0, (int) id, 32);
            feed(decoder, packet);
        }
        assertThat(decoder.fecShardMin()).isZero();
        assertThat(decoder.fecShardSet()).isEqualTo(1);
        assertThat(decoder.confirmed()).isTrue();
    }

    /** A jump far ahead stops recovery only until a window of true packets has come. */
    @ParameterizedTest
    @ValueSource(longs = {65L, 1_000_000L * 5, 0x7fffffffL / 5 * 5, 0x80000000L / 5 * 5 + 500, 4294967290L})
    void jumpFarAheadHeals(long jump) {
        FecSender sender = new FecSender(3, 2, random);
        FecDecoder decoder = confirmed(sender, 3, 2);
        byte[] packet = new byte[40];
        FecHeader.writeData(packet, 0, (int) jump, 32);
        feed(decoder, packet);
        feed(decoder, sender.packets(6 * 3));
        List<byte[]> packets = sender.packets(3);
        packets.remove(0);
        feed(decoder, packets);
        assertThat(recoveredSizes).hasSize(1);
        assertThat(decoder.confirmed()).isTrue();
    }

    /** Fake parity of a peer with the key: garbage comes out, but with a size that is possible. */
    @Test
    void recoveredSizeIsChecked() {
        int errors = 0;
        FecSender sender = new FecSender(3, 2, random);
        FecDecoder decoder = confirmed(sender, 3, 2);
        for (int i = 0; i < 500; i++) {
            List<byte[]> packets = sender.packets(3);
            packets.remove(0);
            random.nextBytes(packets.get(2));
            FecHeader.writeParity(packets.get(2), 0, 5 * (i + 1) + 3);
            int longest = packets.stream().mapToInt(p -> p.length).max().orElseThrow() - 6;
            int[] given = {0};
            for (byte[] packet : packets.subList(0, 3)) {
                decoder.input(packet, 0, packet.length, (b, o, l) -> {
                    given[0]++;
                    assertThat(o).isEqualTo(2);
                    assertThat(l).isBetween(0, longest - 2);
                });
            }
            errors += 1 - given[0];
            assertThat(decoder.fecErrs()).isEqualTo(errors);
        }
        assertThat(errors).isGreaterThan(400);
        assertThat(decoder.fecRecovered()).isEqualTo(500);
    }

    /** One packet of the wrong kind, as a replay from another session would bring, costs that packet. */
    @Test
    void oneWrongKindDoesNotStopRecovery() {
        FecSender sender = new FecSender(3, 2, random);
        FecDecoder decoder = confirmed(sender, 3, 2);
        feed(decoder, sender.packets(30));
        for (int seqId : new int[] {1_000_000 * 5, 0x80000000, 0xfffffff0}) {
            byte[] wrong = new byte[40];
            int position = Integer.remainderUnsigned(seqId, 5);
            FecHeader.writeData(wrong, 0, seqId, 32);
            if (position < 3) {
                FecHeader.writeParity(wrong, 0, seqId);
            }
            feed(decoder, wrong);
        }
        feed(decoder, sender.packets(6));
        List<byte[]> packets = sender.packets(3);
        packets.remove(2);
        feed(decoder, packets);
        assertThat(recoveredSizes).hasSize(1);
        assertThat(decoder.dataShards()).isEqualTo(3);
    }

    /** A million packets of a peer that has the key and no manners. spec: kcp 6.4 row 9 */
    @Test
    void memoryIsBoundedAgainstAMillionPackets() {
        FecDecoder[] decoders = {
            new FecDecoder(10, 3, workspace), new FecDecoder(128, 128, workspace), FecDecoder.lazy(workspace)
        };
        byte[] packet = new byte[1506];
        long most = 0;
        int walk = 0;
        int[] handedOut = {0};
        for (int i = 0; i < 1_000_000; i++) {
            boolean data = random.nextBoolean();
            int seqId =
                    switch ((i >>> 16) & 3) {
                        case 0 -> random.nextInt();
                        case 1 -> random.nextInt(2000);
                        default -> walk++;
                    };
            if (((i >>> 16) & 3) == 3) {
                data = Integer.remainderUnsigned(seqId, 200 + ((i >>> 12) & 15)) < 150; // ever other numbers
            }
            FecHeader.writeData(packet, 0, seqId, random.nextInt(65536));
            if (!data) {
                FecHeader.writeParity(packet, 0, seqId);
            }
            int length = 8 + random.nextInt(20);
            if (i % 8 == 0) {
                length = 1506;
            }
            for (FecDecoder decoder : decoders) {
                decoder.input(packet, 0, length, (b, o, l) -> handedOut[0]++);
            }
            most = Math.max(most, workspace.heldBytes());
        }
        // Four groups of at most 256 shards each, and as much in reserve.
        assertThat(most).isGreaterThan(100_000).isLessThan(3 * 4 * 256 * 1504 + 1024 * 1504);
        for (FecDecoder decoder : decoders) {
            decoder.close();
            assertThat(decoder.fecShardSet()).isZero();
        }
        assertThat(workspace.heldBytes()).isLessThan(1024 * (64 + 256 + 768 + 1504));
    }

    @Test
    void closeGivesTheBuffersBack() {
        FecSender sender = new FecSender(10, 3, random);
        FecWorkspace own = new FecWorkspace();
        FecDecoder decoder = new FecDecoder(10, 3, own);
        feed(decoder, sender.packets(27));
        decoder.close();
        long held = own.heldBytes();
        FecDecoder next = new FecDecoder(10, 3, own);
        FecSender again = new FecSender(10, 3, random);
        feed(next, again.packets(27));
        assertThat(own.heldBytes()).isLessThan(2 * held);
        assertThat(next.confirmed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "129, 128"})
    void refusesImpossibleNumbers(int data, int parity) {
        assertThatThrownBy(() -> new FecDecoder(data, parity, workspace)).hasMessageContaining(data + "/" + parity);
    }
}
