package io.millrace.kcp.fec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.backblaze.erasure.ReedSolomon;
import io.millrace.kcp.wire.FecHeader;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FecEncoderTest {
    private final SplittableRandom random = new SplittableRandom(7);

    private static List<Long> ids(List<byte[]> packets) {
        return packets.stream().map(p -> FecHeader.seqId(p, 0) & 0xffffffffL).toList();
    }

    /** spec: kcp 3.1 */
    @ParameterizedTest
    @CsvSource({"10, 3, 4294967287", "1, 1, 4294967294", "30, 15, 4294967265", "70, 30, 4294967200"})
    void idsWrapAtAMultipleOfTheGroup(int data, int parity, long paws) {
        FecSender sender = new FecSender(data, parity, random);
        int n = data + parity;
        sender.encoder.startAt(paws - 2L * n);
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < 4 * data; i++) {
            packets.addAll(sender.packet(30, 0));
        }
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < 4 * n; i++) {
            expected.add((paws - 2L * n + i) % paws);
        }
        if (data == 1) {
            expected.remove(1); // parity of the very first packet, see below
        }
        assertThat(ids(packets)).isEqualTo(expected);
        for (byte[] packet : packets) {
            long position = (FecHeader.seqId(packet, 0) & 0xffffffffL) % n;
            assertThat(FecHeader.type(packet, 0))
                    .isEqualTo(position < data ? FecHeader.TYPE_DATA : FecHeader.TYPE_PARITY);
        }
    }

    /** The groups on both sides of the wrap are decoded as any others. */
    @Test
    void recoversAcrossTheWrap() {
        FecSender sender = new FecSender(3, 2, random);
        long paws = 0xffffffffL / 5 * 5;
        sender.encoder.startAt(paws - 10);
        FecDecoder decoder = new FecDecoder(3, 2, new FecWorkspace());
        int recovered = 0;
        for (int group = 0; group < 5; group++) {
            List<byte[]> packets = sender.packets(3);
            if (group > 0) {
                packets.remove(1);
                packets.remove(0);
            }
            for (byte[] packet : packets) {
                decoder.input(packet, 0, packet.length, (b, o, l) -> assertThat(sender.wasSent(b, o, l))
                        .isTrue());
            }
            recovered += group > 0 ? 2 : 0;
            assertThat(decoder.fecRecovered()).as("group %d", group).isEqualTo(recovered);
        }
        assertThat(decoder.fecShardMin()).isEqualTo(2);
    }

    /** spec: kcp 3.2 step 4 */
    @ParameterizedTest
    @CsvSource({"499, 2", "500, 0", "501, 0", "100000, 0", "0, 2"})
    void longPauseBeforeTheLastPacketSkipsParityAndKeepsAlignment(int gapMs, int due) {
        for (int start : new int[] {0, 123456, Integer.MAX_VALUE - 100, -100}) {
            FecEncoder encoder = new FecEncoder(3, 2, 100);
            byte[] packet = new byte[40];
            assertThat(encoder.encodeData(packet, 0, 32, start)).isZero();
            assertThat(encoder.encodeData(packet, 0, 32, start + 60_000)).isZero(); // earlier pauses do not matter
            assertThat(encoder.encodeData(packet, 0, 32, start + 60_000 + gapMs))
                    .isEqualTo(due);
            encoder.encodeData(packet, 0, 32, start + 60_000 + gapMs);
            assertThat(FecHeader.seqId(packet, 0)).isEqualTo(5);
        }
    }

    @Test
    void withOneDataShardThePauseIsSinceThePacketBefore() {
        FecEncoder encoder = new FecEncoder(1, 2, 100);
        byte[] packet = new byte[40];
        assertThat(encoder.encodeData(packet, 0, 32, 10)).as("nothing before").isZero();
        assertThat(encoder.encodeData(packet, 0, 32, 20)).isEqualTo(2);
        assertThat(encoder.encodeData(packet, 0, 32, 520)).isZero();
        assertThat(encoder.encodeData(packet, 0, 32, 1019)).isEqualTo(2);
        assertThat(FecHeader.seqId(packet, 0)).isEqualTo(9);
    }

    /** spec: kcp 7.9: parity is as long as the longest shard, and nothing of earlier groups leaks into it. */
    @Test
    void shortShardsArePaddedWithZeros() {
        Seeds.run(11, seeds -> {
            SplittableRandom lengths = seeds.random("lengths");
            FecWorkspace workspace = new FecWorkspace();
            FecEncoder encoder = new FecEncoder(4, 3, 1402, workspace);
            for (int group = 0; group < 300; group++) {
                byte[][] shards = new byte[7][];
                int longest = 0;
                for (int i = 0; i < 4; i++) {
                    int kcpBytes = group % 3 == 0 ? lengths.nextInt(1, 1401) : lengths.nextInt(0, 80);
                    byte[] packet = new byte[13 + kcpBytes];
                    lengths.nextBytes(packet);
                    assertThat(encoder.encodeData(packet, 5, kcpBytes, 0)).isEqualTo(i == 3 ? 3 : 0);
                    assertThat(FecHeader.size(packet, 5)).isEqualTo(2 + kcpBytes);
                    shards[i] = Arrays.copyOfRange(packet, 11, packet.length);
                    longest = Math.max(longest, 2 + kcpBytes);
                }
                for (int i = 0; i < 7; i++) {
                    shards[i] = i < 4 ? Arrays.copyOf(shards[i], longest) : new byte[longest];
                }
                ReedSolomon.create(4, 3).encodeParity(shards, 0, longest);
                assertThat(encoder.parityPacketBytes()).isEqualTo(6 + longest);
                for (int r = 0; r < 3; r++) {
                    byte[] parity = new byte[9 + 6 + longest];
                    encoder.writeParity(r, parity, 9);
                    assertThat(FecHeader.seqId(parity, 9)).isEqualTo(group * 7 + 4 + r);
                    assertThat(FecHeader.type(parity, 9)).isEqualTo(FecHeader.TYPE_PARITY);
                    assertThat(Arrays.copyOfRange(parity, 15, parity.length)).isEqualTo(shards[4 + r]);
                }
            }
        });
    }

    @Test
    void numbersChangeWithTheNextGroupAndStayAligned() {
        FecSender sender = new FecSender(3, 2, random);
        List<byte[]> packets = sender.packets(4); // one group and one packet of the next
        sender.encoder.setShards(4, 3);
        assertThat(sender.encoder.dataShards()).isEqualTo(3);
        packets.addAll(sender.packets(2));
        assertThat(ids(packets)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        packets = sender.packets(4);
        assertThat(sender.encoder.dataShards()).isEqualTo(4);
        assertThat(sender.encoder.parityShards()).isEqualTo(3);
        assertThat(ids(packets)).containsExactly(14L, 15L, 16L, 17L, 18L, 19L, 20L);
        sender.encoder.startAt(0xffffffffL / 7 * 7 - 7);
        sender.encoder.setShards(200, 50);
        sender.encoder.setShards(3, 4);
        assertThat(ids(sender.packets(3))).as("same size, same place").startsWith(0xffffffffL / 7 * 7 - 7);
        sender.encoder.setShards(200, 50);
        assertThat(ids(sender.packets(1))).containsExactly(0L);
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "10, 0", "-1, 1", "200, 57"})
    void refusesImpossibleNumbers(int data, int parity) {
        assertThatThrownBy(() -> new FecEncoder(data, parity, 1400)).hasMessageContaining(data + "/" + parity);
        FecEncoder encoder = new FecEncoder(1, 1, 1400);
        assertThatThrownBy(() -> encoder.setShards(data, parity)).hasMessageContaining(data + "/" + parity);
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> new FecEncoder(10, 3, 1501)).hasMessageContaining("2..1500");
        FecEncoder encoder = new FecEncoder(10, 3, 1302);
        assertThatThrownBy(() -> encoder.encodeData(new byte[1400], 0, 1301, 0)).hasMessageContaining("0..1300");
        assertThatThrownBy(() -> encoder.writeParity(0, new byte[1400], 0)).isInstanceOf(IllegalStateException.class);
        byte[] packet = new byte[8];
        encoder.encodeData(packet, 0, 0, 0);
        assertThat(FecHeader.seqId(packet, 0))
                .as("the refused packet took no number")
                .isZero();
    }

    /** What thousands of idle sessions cost: their unfinished groups, by real length, and nothing when closed. */
    @Test
    void holdsTheUnfinishedGroupOnly() {
        FecWorkspace workspace = new FecWorkspace();
        List<FecEncoder> idle = new ArrayList<>();
        byte[] packet = new byte[1400];
        for (int session = 0; session < 2000; session++) {
            FecEncoder encoder = new FecEncoder(10, 3, 1302, workspace);
            for (int i = 0; i < 10; i++) {
                encoder.encodeData(packet, 0, 1300, 0);
            }
            for (int r = 0; r < 3; r++) {
                encoder.writeParity(r, packet, 0);
            }
            encoder.encodeData(packet, 0, 24, 0);
            idle.add(encoder);
        }
        assertThat(workspace.heldBytes()).isLessThan(2000 * 64 + 20 * 1504);
        idle.forEach(FecEncoder::close);
        assertThat(workspace.heldBytes()).isLessThan(1024 * 64 + 20 * 1504);
    }
}
