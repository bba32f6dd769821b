package io.millrace.kcp.fec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.fec.FecAgreement.Sending;
import io.millrace.kcp.wire.FecHeader;
import io.millrace.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parity only towards a peer that it cannot confuse. spec: kcp 3.5 */
class FecAgreementTest {
    private static final int[][] NUMBERS = {
        {1, 1}, {2, 1}, {4, 1}, {3, 2}, {5, 2}, {10, 3}, {20, 5}, {30, 15}, {128, 128}
    };

    /** What a peer with these numbers sends, from this id on, until the agreement hears no more news. */
    private static void hear(FecAgreement agreement, FecDecoder decoder, int data, int parity, int firstId) {
        SplittableRandom random = new SplittableRandom(4);
        FecSender peer = new FecSender(data, parity, random);
        peer.encoder.from(firstId);
        for (byte[] packet : peer.packets(400)) {
            decoder.input(packet, 0, packet.length, (bytes, offset, length) -> {});
            agreement.onShard(FecHeader.seqId(packet, 0), decoder);
        }
    }

    private static FecDecoder decoder(int data, int parity) {
        return data == 0 ? FecDecoder.lazy(new FecWorkspace()) : new FecDecoder(data, parity, new FecWorkspace());
    }

    @ParameterizedTest(name = "own {0}/{1}, kcptun {2}/{3}: {4}")
    @CsvSource({
        "10, 3, 10, 3, CODING, false",
        "10, 3, 3, 2, PLAIN, true",
        "3, 2, 10, 3, PLAIN, true",
        "1, 1, 1, 1, CODING, false",
        "0, 0, 10, 3, PLAIN, true",
    })
    void aKcptunGetsParityOnlyWithItsOwnNumbers(
            int ownData, int ownParity, int data, int parity, Sending sending, boolean news) {
        FecAgreement agreement = new FecAgreement(ownData, ownParity);
        assertThat(agreement.sending()).isEqualTo(ownData > 0 ? Sending.ANNOUNCING : Sending.PLAIN);
        hear(agreement, decoder(ownData, ownParity), data, parity, 0);
        assertThat(agreement.sending()).isEqualTo(sending);
        assertThat(agreement.peerDataShards()).isEqualTo(data);
        assertThat(agreement.peerParityShards()).isEqualTo(parity);
        assertThat(agreement.peerAdapts()).isFalse();
        assertThat(agreement.takeNews()).isEqualTo(news);
        assertThat(agreement.takeNews()).isFalse();
    }

    @ParameterizedTest(name = "own {0}/{1}, Millrace {2}/{3}")
    @CsvSource({"10, 3, 10, 3, false", "10, 3, 3, 2, true", "3, 2, 10, 3, true"})
    void aPeerThatAdaptsGetsParityAtOnceAndKeepsIt(int ownData, int ownParity, int data, int parity, boolean news) {
        FecAgreement agreement = new FecAgreement(ownData, ownParity);
        FecEncoder peer = new FecEncoder(data, parity, 100).from(FecAgreement.FIRST_SEQ_ID);
        byte[] first = new byte[60];
        peer.writeLone(first, 0, 52);
        FecDecoder decoder = decoder(ownData, ownParity);
        decoder.input(first, 0, first.length, (bytes, offset, length) -> {});
        agreement.onShard(FecHeader.seqId(first, 0), decoder);
        assertThat(agreement.sending()).isEqualTo(Sending.CODING);
        hear(agreement, decoder, data, parity, FecAgreement.FIRST_SEQ_ID + 100_000);
        assertThat(agreement.sending()).isEqualTo(Sending.CODING);
        assertThat(agreement.peerAdapts()).isTrue();
        assertThat(agreement.takeNews()).isEqualTo(news);
    }

    @Test
    void aPeerWithoutFecGetsNone() {
        FecAgreement agreement = new FecAgreement(10, 3);
        agreement.onPlain();
        assertThat(agreement.sending()).isEqualTo(Sending.PLAIN);
        assertThat(agreement.peerDataShards()).isZero();
        assertThat(agreement.takeNews()).isTrue();
        hear(agreement, decoder(10, 3), 10, 3, 0);
        assertThat(agreement.sending()).isEqualTo(Sending.PLAIN);
    }

    @Test
    void twoEndsWithoutFecAgree() {
        FecAgreement agreement = new FecAgreement(0, 3);
        agreement.onPlain();
        assertThat(agreement.sending()).isEqualTo(Sending.PLAIN);
        assertThat(agreement.takeNews()).isFalse();
    }

    /** Lone packets with loss and disorder, for every pair of numbers; and the same as a group, to show what would come. */
    @Test
    void noDecoderRebuildsAnythingFromLonePackets() {
        Seeds.run(20210922, seeds -> {
            int garbage = 0;
            for (int[] ours : NUMBERS) {
                for (int[] theirs : NUMBERS) {
                    SplittableRandom random = seeds.random(Arrays.toString(ours) + Arrays.toString(theirs));
                    FecSender grouped = new FecSender(ours[0], ours[1], random);
                    Decoder2021 confused = new Decoder2021(theirs[0], theirs[1]);
                    FecEncoder encoder = new FecEncoder(ours[0], ours[1], 100).from(FecAgreement.FIRST_SEQ_ID);
                    Decoder2021 decoder = new Decoder2021(theirs[0], theirs[1]);
                    for (int i = 0; i < 400; i++) {
                        byte[] packet = new byte[60];
                        encoder.writeLone(packet, 0, 52);
                        if (random.nextInt(10) > 0) {
                            decoder.input(packet);
                        }
                    }
                    for (byte[] packet : grouped.packets(400)) {
                        if (random.nextInt(10) > 0) {
                            confused.input(packet);
                        }
                    }
                    assertThat(decoder.rebuilt())
                            .as("%s to %s", Arrays.toString(ours), Arrays.toString(theirs))
                            .isZero();
                    garbage += Arrays.equals(ours, theirs) ? 0 : confused.rebuilt();
                }
            }
            assertThat(garbage).isPositive();
        });
    }

    @Test
    void groupsAfterLonePacketsAreInTheirPlaces() {
        FecEncoder encoder = new FecEncoder(4, 2, 100).from(FecAgreement.FIRST_SEQ_ID);
        byte[] packet = new byte[60];
        for (int i = 0; i < 5; i++) {
            encoder.writeLone(packet, 0, 52);
            assertThat(Integer.remainderUnsigned(FecHeader.seqId(packet, 0), 6)).isZero();
        }
        int lastLone = FecHeader.seqId(packet, 0);
        encoder.encodeData(packet, 0, 52, 0);
        assertThat(Integer.remainderUnsigned(FecHeader.seqId(packet, 0), 6)).isZero();
        assertThat(FecHeader.seqId(packet, 0) - lastLone).isGreaterThanOrEqualTo(256);
    }
}
