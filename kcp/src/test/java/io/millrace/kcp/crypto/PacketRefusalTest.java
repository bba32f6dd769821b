package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kcp.wire.PacketBurst;
import io.millrace.testkit.Seeds;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link PacketCipher#open} makes of wrong packets. spec: kcp 1.8, 6.1, 6.4 row 10 */
class PacketRefusalTest {
    private static final TunnelKey KEY = TunnelKey.derive("right");
    private static final TunnelKey OTHER = TunnelKey.derive("wrong");

    static Set<String> names() {
        return PacketCiphers.names();
    }

    /** Names of ciphers whose packets have a checksum of the body, enciphered or not. */
    static Stream<String> withChecksum() {
        return names().stream().filter(name -> !name.equals("null") && !name.equals("aes-128-gcm"));
    }

    /** Names of ciphers that have a key. */
    static Stream<String> withKey() {
        return names().stream().filter(name -> !name.equals("null") && !name.equals("none"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void lengths(String crypt) {
        int header = crypt.equals("null") ? 0 : crypt.equals("aes-128-gcm") ? 12 : 20;
        int trailer = crypt.equals("aes-128-gcm") ? 16 : 0;
        PacketCipher cipher = PacketCiphers.create(crypt, KEY);
        assertThat(cipher.headerBytes()).isEqualTo(header);
        assertThat(cipher.trailerBytes()).isEqualTo(trailer);
        byte[] packet = new byte[2000];
        for (int length = 0; length < header + trailer; length++) {
            assertThat(cipher.open(packet, 7, length)).isEqualTo(PacketCipher.TOO_SHORT);
        }
        assertThat(cipher.open(packet, 7, 1501)).isEqualTo(PacketCipher.TOO_LONG);
        assertThat(packet).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource("names")
    void opensItsOwnAtAnyOffsetAndLength(String crypt) {
        Seeds.run(4, seeds -> {
            PacketCipher cipher = PacketCiphers.create(crypt, KEY);
            int overhead = cipher.headerBytes() + cipher.trailerBytes();
            for (int length = Math.max(1, overhead); length <= 1500; length++) {
                SplittableRandom random = seeds.random("length " + length);
                byte[] body = new byte[length - overhead];
                random.nextBytes(body);
                byte[] sealed = PacketVectorsTest.seal(cipher, body);
                byte[] buffer = new byte[length + 40];
                int offset = random.nextInt(1, 20);
                System.arraycopy(sealed, 0, buffer, offset, length);
                int at = cipher.open(buffer, offset, length);
                assertThat(at).isEqualTo(offset + cipher.headerBytes());
                assertThat(Arrays.copyOfRange(buffer, at, at + body.length)).isEqualTo(body);
                assertThat(Arrays.copyOf(buffer, offset)).containsOnly(0);
                assertThat(Arrays.copyOfRange(buffer, offset + length, buffer.length))
                        .containsOnly(0);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("withKey")
    void anotherKeyOrCipherIsNotAuthentic(String crypt) {
        byte[] sealed = PacketVectorsTest.seal(PacketCiphers.create(crypt, KEY), new byte[100]);
        assertThat(PacketCiphers.create(crypt, OTHER).open(sealed.clone(), 0, sealed.length))
                .isEqualTo(PacketCipher.NOT_AUTHENTIC);
        for (String other : PacketCiphers.names()) {
            if (!other.equals(crypt) && !other.equals("null")) {
                assertThat(PacketCiphers.create(other, KEY).open(sealed.clone(), 0, sealed.length))
                        .as(other)
                        .isEqualTo(PacketCipher.NOT_AUTHENTIC);
            }
        }
    }

    @Test
    void gcmNoticesEveryBit() {
        PacketCipher cipher = PacketCiphers.create("aes-128-gcm", KEY);
        byte[] sealed = PacketVectorsTest.seal(cipher, new byte[60]);
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(cipher.open(damaged, 0, damaged.length))
                    .as("bit %d", bit)
                    .isEqualTo(PacketCipher.NOT_AUTHENTIC);
        }
        for (int length = 28; length < sealed.length; length++) {
            assertThat(cipher.open(sealed.clone(), 0, length)).isEqualTo(PacketCipher.NOT_AUTHENTIC);
        }
        assertThat(cipher.open(sealed, 0, sealed.length)).as("after all that").isEqualTo(12);
    }

    /** One wrong bit anywhere behind the header garbles at most 17 bytes, which the checksum always sees at the tail. */
    @ParameterizedTest
    @MethodSource("withChecksum")
    void theChecksumNoticesEveryBitOfTheBody(String crypt) {
        PacketCipher cipher = PacketCiphers.create(crypt, KEY);
        byte[] sealed = PacketVectorsTest.seal(cipher, new byte[60]);
        for (int bit = 8 * 20; bit < 8 * sealed.length; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(cipher.open(damaged, 0, damaged.length))
                    .as("bit %d", bit)
                    .isEqualTo(PacketCipher.NOT_AUTHENTIC);
        }
    }

    /** The known weakness of a CRC under any of these, which nobody may mistake for protection: only GCM refuses it. */
    @Test
    void tailForgeryPassesTheChecksumButNotTheTag() {
        byte[] forgery = HexFormat.of().parseHex("410671db01");
        for (String crypt : names()) {
            if (crypt.equals("null")) {
                continue;
            }
            PacketCipher cipher = PacketCiphers.create(crypt, KEY);
            byte[] sealed = PacketVectorsTest.seal(cipher, new byte[76]); // 96 bytes: the last block is whole
            for (int i = 0; i < forgery.length; i++) {
                sealed[sealed.length - cipher.trailerBytes() - forgery.length + i] ^= forgery[i];
            }
            int opened = cipher.open(sealed, 0, sealed.length);
            assertThat(opened).as(crypt).isEqualTo(cipher.trailerBytes() == 0 ? 20 : PacketCipher.NOT_AUTHENTIC);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void throwsOnNothing(String crypt) {
        Seeds.run(5, seeds -> {
            PacketCipher cipher = PacketCiphers.create(crypt, KEY);
            SplittableRandom random = seeds.random("bytes");
            byte[] packet = new byte[1600];
            for (int i = 0; i < 3000; i++) {
                random.nextBytes(packet);
                int length = random.nextInt(1, 1502);
                int opened = cipher.open(packet, random.nextInt(90), length);
                if (!crypt.equals("null") || length > 1500) {
                    assertThat(opened).isNegative();
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void sealedTwiceDiffers(String crypt) {
        PacketCipher cipher = PacketCiphers.create(crypt, KEY);
        PacketBurst burst = new PacketBurst(100, 50);
        Set<String> packets = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            PacketVectorsTest.add(burst, cipher, new byte[12]);
        }
        cipher.seal(burst);
        for (int i = 0; i < 100; i++) {
            packets.add(HexFormat.of().formatHex(burst.bytes(), burst.offset(i), burst.offset(i) + 12));
        }
        assertThat(packets).hasSize(crypt.equals("null") ? 1 : 100);
    }

    /** The JCE refuses the nonce of the packet before; a source that repeats itself must not pass in silence. */
    @Test
    void gcmRefusesARepeatedNonce() {
        PacketCipher cipher = PacketCiphers.create("aes-128-gcm", KEY, PacketVectorsTest::counting);
        PacketVectorsTest.seal(cipher, new byte[1]);
        assertThatThrownBy(() -> PacketVectorsTest.seal(cipher, new byte[1])).isInstanceOf(IllegalStateException.class);
    }
}
