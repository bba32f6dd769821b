package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.millrace.kcp.wire.LittleEndian;
import io.millrace.kcp.wire.PacketBurst;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The packets of spec kcp 10.1, 10.3 and 10.6, byte for byte. */
class PacketVectorsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final TunnelKey KEY = TunnelKey.derive("it's a secrect");
    /** The KCP bytes of packet P: PUSH "hello". */
    private static final String BODY =
            "443322115100" + "0002e8030000" + "00000000" + "00000000" + "05000000" + "68656c6c6f";

    /** Nonce 00, 01, 02 ... every time. */
    static void counting(byte[] to, int offset, int length) {
        for (int i = 0; i < length; i++) {
            to[offset + i] = (byte) i;
        }
    }

    static byte[] seal(PacketCipher cipher, byte[] body) {
        PacketBurst burst = new PacketBurst(1, PacketCipher.MAX_PACKET_BYTES);
        add(burst, cipher, body);
        cipher.seal(burst);
        return Arrays.copyOf(burst.bytes(), burst.totalBytes());
    }

    static void add(PacketBurst burst, PacketCipher cipher, byte[] body) {
        System.arraycopy(body, 0, burst.bytes(), burst.begin() + cipher.headerBytes(), body.length);
        burst.commit(cipher.headerBytes() + body.length + cipher.trailerBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "aes, 86834343335b168ca911bf584a05f990553cf3e97ca41e9e57af1310b5020b76f05313e305c5c9709df8d8783043a476c1",
        "aes-128, ddd7e0a7981ba3e2a7f6d51f2a2663181e117477ae2beac29f44eb42bc8245bc9a792a9d428b8e1c91010dcb11b4bc05eb",
        "aes-192, b9db59f7dd1bce4922855fb7f8f8e261ffb3e03e2346009d6d9e0c9d1f65d45dd357d183c6ecba7a2ddce7de3dbaafd73c",
        "sm4, 0340e44fd923bb2259e375a7ab6ee54db29c3c50fc0e6db2f6c940938ec492e1a6343034a3f0da492b7a890abfdf511e36",
        "twofish, 79a0668add94e7387471af7514bb1065595ad816859b56dd62bf5fd143ea01f70d39a8c7553133785b6337d606dc2ba887",
        "blowfish, 186797305116055ece6531b898c4b23577e7d91051ee774ccf556bb1a5008c89332fc383557e393aee252f0af77d998aec",
        "cast5, bb8f8d2209e0131c7d027b3e28d6b457d3995bab8c7d11fa487555464f0fde8ecd06bed9a4af80316768427236c0ae565c",
        "3des, 5dca5d4fac8f6accf083365ae9eb528a7fe61bac86fcda141cc61e25e2b4bf65fd51f706180f6c103f1bae528097eb3f35",
        "tea, fc9c4eb4a8e9502bde3d3c8b0679084dcd1b5a8c9a46af1d831d83ebd4a286440327f007c4e03987bb67b7180f817c81ee",
        "xtea, 09256989438dfb5af0f2a323dfd1ac2cc1d7ddffc4e9b7f86b449b0e6d37fd86040857a30024bc07366ed7c856ba269840",
        "salsa20, 00010203040506079aaa6e7faf75365c1b84ea295c5dd04223935b0696fb8b556ae920fe8a2a13c168777caa1e890626de",
        "xor, 0fff8b84a99173765c7011c3f60cb82320ff8f26f6a662029c523fbef779ac8cf0af663f479b134e20a0d0f7f64a566e80",
        "none, 000102030405060708090a0b0c0d0e0f4b318e204433221151000002e803000000000000000000000500000068656c6c6f",
        "aes-128-gcm, 000102030405060708090a0b17be27d65b6c45c33f13fbdf0d6795721def429d453df549a2951fe227ce7a84e6ea36297b87e669447c08c2d5",
        "null, " + BODY
    })
    void packetPUnderEachCipher(String crypt, String sealed) {
        PacketCipher cipher = PacketCiphers.create(crypt, KEY, PacketVectorsTest::counting);
        byte[] packet = seal(cipher, HEX.parseHex(BODY));
        assertThat(HEX.formatHex(packet)).isEqualTo(sealed);

        int body = cipher.open(packet, 0, packet.length);
        assertThat(body).isEqualTo(cipher.headerBytes());
        assertThat(HEX.formatHex(packet, body, packet.length - cipher.trailerBytes()))
                .isEqualTo(BODY);
    }

    /** Alone, in pairs and in larger bursts a packet is sealed in different ways. */
    @ParameterizedTest
    @MethodSource("withChecksum")
    void packetPInABurst(String crypt) {
        for (int packets : new int[] {2, 3, 4, 5, 31}) {
            burst(crypt, packets);
        }
    }

    private static Stream<String> withChecksum() {
        return PacketCiphers.names().stream().filter(name -> !name.equals("aes-128-gcm")); // refuses a repeated nonce
    }

    private static void burst(String crypt, int packets) {
        PacketCipher cipher = PacketCiphers.create(crypt, KEY, PacketVectorsTest::counting);
        byte[] alone = seal(cipher, HEX.parseHex(BODY));
        PacketBurst burst = new PacketBurst(packets, 60);
        for (int i = 0; i < packets; i++) {
            add(burst, cipher, HEX.parseHex(BODY));
        }
        cipher.seal(burst);
        for (int i = 0; i < packets; i++) {
            assertThat(Arrays.copyOfRange(burst.bytes(), burst.offset(i), burst.offset(i) + burst.length(i)))
                    .isEqualTo(alone);
        }
    }

    /** spec: kcp 10.1 */
    @Test
    void plainPacketWithFec() {
        byte[] body = HEX.parseHex("0000000000000000" + BODY);
        FecHeader.writeData(body, 0, 0, body.length - FecHeader.BYTES);
        PacketCipher cipher = PacketCiphers.create("none", KEY, PacketVectorsTest::counting);
        assertThat(HEX.formatHex(seal(cipher, body)))
                .isEqualTo("000102030405060708090a0b0c0d0e0f" + "5d480090" + "00000000" + "f100" + "1f00" + BODY);
    }

    /** spec: kcp 10.6 */
    @Test
    void capturedPacket() {
        byte[] packet = HEX.parseHex("2e9d35d727209bd49475904e4e4dd259" + "49f5567e" + "02000000f1004700"
                + "da82ac4351000002b1040000000000000000000008000000" + "0100000003000000"
                + "da82ac4351000002b104000001000000000000000d000000" + "010205000300000068656c6c6f");
        PacketCipher cipher = PacketCiphers.create("none", KEY);
        int body = cipher.open(packet, 0, packet.length);
        assertThat(body).isEqualTo(20);
        assertThat(FecHeader.seqId(packet, body)).isEqualTo(2);
        assertThat(FecHeader.type(packet, body)).isEqualTo(FecHeader.TYPE_DATA);
        assertThat(FecHeader.size(packet, body)).isEqualTo(71).isEqualTo(packet.length - body - FecHeader.SHARD);
        int second = body + FecHeader.BYTES + KcpSegmentHeader.BYTES + 8;
        assertThat(KcpSegmentHeader.conv(packet, second)).isEqualTo(0x43ac82da);
        assertThat(KcpSegmentHeader.sn(packet, second)).isEqualTo(1);
        assertThat(KcpSegmentHeader.len(packet, second)).isEqualTo(13);
        assertThat(new String(packet, packet.length - 5, 5, StandardCharsets.US_ASCII))
                .isEqualTo("hello");
    }

    @Test
    void checksumCoversTheBodyOnlyAndIsLittleEndian() {
        PacketCipher cipher = PacketCiphers.create("none", KEY, PacketVectorsTest::counting);
        byte[] packet = seal(cipher, "123456789".getBytes(StandardCharsets.US_ASCII));
        assertThat(LittleEndian.getInt(packet, 16)).isEqualTo(0xcbf43926); // the CRC's standard check value
        packet[3] ^= 1;
        assertThat(cipher.open(packet, 0, packet.length)).isEqualTo(20);
        packet[20] ^= 1;
        assertThat(cipher.open(packet, 0, packet.length)).isEqualTo(PacketCipher.NOT_AUTHENTIC);
    }

    @Test
    void unknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> PacketCiphers.create("rot13", KEY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rot13")
                .hasMessageContaining(
                        "aes, aes-128, aes-192, aes-128-gcm, salsa20, twofish, sm4, blowfish, cast5, 3des,"
                                + " xtea, tea, xor, none, null");
    }
}
