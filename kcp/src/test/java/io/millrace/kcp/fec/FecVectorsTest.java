package io.millrace.kcp.fec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** spec: kcp 3.3, 10.4 */
class FecVectorsTest {
    private static final HexFormat HEX = HexFormat.of();

    private static final String[] PACKETS = {
        "00000000f1001c00" + "41".repeat(24) + "2d31",
        "01000000f1001a00" + "42".repeat(24),
        "02000000f1001e00" + "43".repeat(24) + "2d333333",
        "03000000f2001800" + "40".repeat(24) + "00023333",
        "04000000f2002000" + "55".repeat(24) + "58a8aaaa"
    };

    @Test
    void parityRows() {
        assertThat(row(10, 3, 0)).isEqualTo("8196afb8d2c4fee80302");
        assertThat(row(10, 3, 1)).isEqualTo("9681b8afc4d2e8fe0203");
        assertThat(row(10, 3, 2)).isEqualTo("bfd6620a066fdfb70504");
        assertThat(row(3, 2, 0)).isEqualTo("010101");
        assertThat(row(3, 2, 1)).isEqualTo("0f0806");
        assertThat(row(1, 1, 0)).isEqualTo("01");
    }

    private static String row(int data, int parity, int r) {
        return HEX.formatHex(new ReedSolomonCodec(data, parity, new HornerCodingLoop()).parityRow(r));
    }

    @Test
    void groupOfThreeAndTwo() {
        FecEncoder encoder = new FecEncoder(3, 2, 100);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[] packet = HEX.parseHex(PACKETS[i]);
            Arrays.fill(packet, 0, 8, (byte) 0xee); // the encoder writes these
            int due = encoder.encodeData(packet, 0, packet.length - 8, 0);
            sent.add(HEX.formatHex(packet));
            assertThat(due).isEqualTo(i == 2 ? 2 : 0);
            for (int r = 0; r < due; r++) {
                byte[] parity = new byte[encoder.parityPacketBytes()];
                encoder.writeParity(r, parity, 0);
                sent.add(HEX.formatHex(parity));
            }
        }
        assertThat(sent).containsExactly(PACKETS);
        byte[] next = new byte[40];
        encoder.encodeData(next, 0, 32, 0);
        assertThat(HEX.formatHex(next, 0, 4)).isEqualTo("05000000");
    }

    @Test
    void anyTwoLostComeBack() {
        for (int first = 0; first < 5; first++) {
            for (int second = first + 1; second < 5; second++) {
                List<String> got = new ArrayList<>();
                FecDecoder decoder = new FecDecoder(3, 2, new FecWorkspace());
                for (String packet : PACKETS) { // a whole group confirms the numbers
                    feed(decoder, packet, got);
                }
                for (int i = 0; i < 5; i++) {
                    if (i != first && i != second) {
                        feed(decoder, nextGroup(i), got);
                    }
                }
                List<String> expected = new ArrayList<>();
                for (int lost : new int[] {first, second}) {
                    if (lost < 3) {
                        expected.add(PACKETS[lost].substring(16));
                    }
                }
                assertThat(got).isEqualTo(expected);
            }
        }
    }

    private static String nextGroup(int i) {
        return HEX.toHexDigits((byte) (5 + i)) + PACKETS[i].substring(2);
    }

    private static void feed(FecDecoder decoder, String packet, List<String> got) {
        byte[] bytes = HEX.parseHex(packet);
        decoder.input(bytes, 0, bytes.length, (b, o, l) -> got.add(HEX.formatHex(b, o, o + l)));
    }
}
