package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.wire.PacketBurst;
import io.millrace.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** salsa20 and xor against other means, at every length, packets side by side. spec: kcp 2.4, 2.5 */
class StreamPacketCipherTest {
    private static final TunnelKey KEY = TunnelKey.derive("it's a secrect");

    /** What the bytes of a packet are enciphered to, and back. */
    private static byte[] reference(String crypt, byte[] packet) {
        byte[] result = packet.clone();
        if (crypt.equals("salsa20")) {
            Salsa20Engine engine = new Salsa20Engine();
            engine.init(true, new ParametersWithIV(new KeyParameter(KEY.prefix(32)), packet, 0, 8));
            engine.processBytes(packet, 8, packet.length - 8, result, 8);
        } else {
            byte[] salt = "sH3CIVoF#rWLtJo6".getBytes(StandardCharsets.US_ASCII);
            byte[] table = Pbkdf2.hmacSha1(KEY.prefix(32), salt, 32, 1500);
            for (int i = 0; i < packet.length; i++) {
                result[i] ^= table[i];
            }
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(strings = {"salsa20", "xor"})
    void everyLength(String crypt) {
        PacketCipher cipher = PacketCiphers.create(crypt, KEY);
        PacketCipher plain = PacketCiphers.create("none", KEY);
        PacketBurst burst = new PacketBurst(2, 1500);
        Seeds.run(6, seeds -> {
            for (int length = 20; length <= 1500; length++) {
                SplittableRandom random = seeds.random("length " + length);
                random.nextBytes(burst.bytes());
                burst.clear();
                burst.commit(random.nextInt(20, 1501));
                burst.commit(length);
                byte[] body = Arrays.copyOfRange(burst.bytes(), burst.offset(1) + 20, burst.totalBytes());
                cipher.seal(burst);
                byte[] sealed = Arrays.copyOfRange(burst.bytes(), burst.offset(1), burst.totalBytes());
                byte[] opened = reference(crypt, sealed);
                assertThat(Arrays.copyOfRange(opened, 20, length)).isEqualTo(body);
                assertThat(plain.open(opened, 0, length)).as("checksum").isEqualTo(20);
                assertThat(cipher.open(sealed, 0, length)).isEqualTo(20);
                assertThat(sealed).isEqualTo(opened);
            }
        });
    }
}
