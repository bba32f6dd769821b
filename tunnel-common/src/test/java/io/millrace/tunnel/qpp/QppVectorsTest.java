package io.millrace.tunnel.qpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.QppGeneration;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of all generations, and the generator's states. spec: tunnel 6.7 */
class QppVectorsTest {
    private static final HexFormat HEX = HexFormat.of();

    static byte[] key(String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        if (name.equals("LONG")) {
            key = new byte[211];
            for (int i = 0; i < key.length; i++) {
                key[i] = (byte) ('a' + i % 26);
            }
        }
        return name.equals("empty") ? new byte[0] : key;
    }

    /** 00 01 02 ... 3f. */
    private static byte[] counting() {
        byte[] bytes = new byte[64];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "C | it's a secrect | 61 | 1a994414e7fa53e93d83d4be16385ac6"
                        + " | a05e272c50b0ff3abedf425d09dcc06c43d2f901bbdd69c0e1dec3081d3b68d8"
                        + " | e94f150bd5923394a725f3907d0b58ff0bda58fdb121d5ff7ef7800488a9937aa769e2cf9bff0f7fada9f99caa270fd1dc4ca705887ede5b626a3fafe4430f59",
                "C | it's a secrect | 1 | 1a994414e7fa53e93d83d4be16385ac6"
                        + " | a9fb376a3db02efa747859422ff431ab2e4f25d28bb813285b66b4578f02c05d"
                        + " | d3fc8e94cbf7d07c803c4cc3f76ab8fe8c3a527b4de5a6c6cf484a522ae05a201aae2a51dc3f21f167af01b624b1326495b79a5d26bb847bfab53f46efcbf99d",
                "C | LONG | 7 | 1a8bea213f94e14944854a685cddb628"
                        + " | cc7edbca9a61d125db764167e3c73f0e843ec7976349c4be21bdd70d5530e0a8"
                        + " | 1f0742185fc89023593fdd9d0505a291d9a9400d7a73bfbed8117d10d5a345b3aa931d6fb5ae93d63a2efe80b4c4a320dacfb113328cb18fe77f3a47e2edc8ed",
                "C | empty | 3 | 2f76a56962555ba157a0e8611c182ed0"
                        + " | 662d55a114e6ad22dea7fc4561fe02ea9d2bac6640d14e11659e832ad9dda459"
                        + " | 81412eac2141304cfd63f7c9c4e8c6ed13b9a6638a2eabaf28693f3196cb1c298d8ac92e80e580ca454c2f42d6ab8950d5d46a721f4f255b63f47aaa905de039",
                "B | it's a secrect | 61 | 905032dc4c101697ada4781e461130c0"
                        + " | 92b3cad52d2d6df4fd199312446edc41dbf901935978fe8f8cede6821d7bcc3a"
                        + " | d85fed6b44cbfa39a31bb4a53bbb137d203e38c9f20e22368d7f0a64a26d9a1990916e042273be7d5ab18b34ecdd9d8155698ef9f4b693541c376465aafee7d3",
                "B | LONG | 7 | 95da7754a44eceaec391710ff5111968"
                        + " | 43c20d767eaf651b3afd8bf51f0ea72c58ab2f73f88bbe49cbf7ff3a241714d8"
                        + " | f15897545e5c53605d7e25a8e3e3b196505b3dafb93782f483fbede97144cbb2ceeb1075e678eb4bc09a9821f4720a45ab1876e6bc4c7669cad3eab3b298ef98",
                "A | it's a secrect | 61 | 228ab23a0c9808301e892ddc683d5cd8"
                        + " | a9717c18040eae2e14c48dc126bfee9076a4e1c9b82a2cb34bf3453cbdac08b3"
                        + " | 5deb20876719a4d144723c791f7797e54101f549a5b80c6826793b9e1541e02daa0fc552884a974dddabc35805eedce801ac80c73eefd304445b4025b4d87dd5",
                "A | LONG | 7 | eeab99a45b2d11def58201a10350f824"
                        + " | c1f88abba5be81a9ffca6594f5dc3af8fb71d0a073f18d54ba3ecefa96997a61"
                        + " | 36b61ceecfc50c0b2282ec387575312826bd3128f703e9545ff3a625a33638c2ca7068d5ad247044801149462e949de724ddbe7bcb04bea1dde9d2745f0d7f0d",
                "A | empty | 3 | 16d1fca7d6a5ba527e3fc62708c13248"
                        + " | 58f1b4dec692ee01d9a86067cb54bfd575f74127754fd236ecccb04f0237efd0"
                        + " | 10bd996f4ebd365d556ca0988200bf3404b900434532a21e92a7adb5f6df08bf1b45db3255fe5534e05d8c786ece62968b012a4192d172be6c90a238f2e88107",
            })
    void padsAndCipherText(
            QppGeneration generation, String key, int count, String firstBytes, String padsDigest, String cipherText)
            throws Exception {
        QppPads pads = QppPads.derive(key(key), count, generation);
        assertThat(HEX.formatHex(pads.encrypting(), 0, 16)).isEqualTo(firstBytes);
        assertThat(HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(pads.encrypting())))
                .isEqualTo(padsDigest);
        byte[] bytes = counting();
        pads.newCipher().encrypt(bytes, 0, bytes.length);
        assertThat(HEX.formatHex(bytes)).isEqualTo(cipherText);
        pads.newCipher().decrypt(bytes, 0, bytes.length);
        assertThat(bytes).isEqualTo(counting());
    }

    @Test
    void theGeneratorsStates() {
        QppCipher cipher =
                QppPads.derive(key("it's a secrect"), 61, QppGeneration.C).newCipher();
        assertThat(cipher.state())
                .containsExactly(
                        0x629ade0b6166476cL,
                        0x929652fc233c32f4L,
                        0x690a4d005b33ac78L,
                        0x1934e5954cc25241L,
                        0x262b1192936f4e48L);
        cipher.encrypt(counting(), 0, 64);
        assertThat(cipher.state())
                .containsExactly(
                        0x30fa6ca817bc0f1cL,
                        0xb364f3b4ec0e05bdL,
                        0x8eba9f0d52f478f7L,
                        0x598f8cc57716a684L,
                        0x5612e683b6030484L);
        assertThat(QppPads.derive(key("LONG"), 1, QppGeneration.A).newCipher().state())
                .containsExactly(
                        0x7a42a569b03a75c2L,
                        0xb0e50c0fe2527c1fL,
                        0xf8f855f9c88d679eL,
                        0x85514d754f10aa02L,
                        0xb923b09feeead9d7L);
    }

    /** More pads than are shuffled side by side: the first ones do not depend on how many there are. */
    @Test
    void everyPadIsAPermutationAndHasItsInverse() {
        QppPads few = QppPads.derive(key("LONG"), 7, QppGeneration.C);
        QppPads many = QppPads.derive(key("LONG"), 600, QppGeneration.C);
        assertThat(Arrays.copyOf(many.encrypting(), few.encrypting().length)).isEqualTo(few.encrypting());
        for (int pad = 0; pad < many.count(); pad++) {
            byte[] values = Arrays.copyOfRange(many.encrypting(), pad * 256, pad * 256 + 256);
            for (int v = 0; v < 256; v++) {
                assertThat(many.decrypting()[pad * 256 + (values[v] & 0xff)]).isEqualTo((byte) v);
            }
            assertThat(HEX.formatHex(values))
                    .isNotEqualTo(HEX.formatHex(many.encrypting(), (pad + 1) % 600 * 256, (pad + 1) % 600 * 256 + 256));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536})
    void refusesACountOutOfRange(int count) {
        assertThatThrownBy(() -> QppPads.derive(new byte[1], count, QppGeneration.C))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(count))
                .hasMessageContaining("1..65535");
    }

    @Test
    void neverPrintsItself() {
        assertThat(QppPads.derive(key("LONG"), 7, QppGeneration.C)).hasToString("QppPads[7, masked]");
    }
}
