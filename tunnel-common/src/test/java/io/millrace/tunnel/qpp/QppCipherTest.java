package io.millrace.tunnel.qpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.QppGeneration;
import io.millrace.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eight bytes at a time against the definition, byte by byte. spec: tunnel 6.3, 6.4 */
class QppCipherTest {
    private static final int BYTES = 20_000;

    /** The specification's pseudo-code. */
    private static byte[] encryptSlowly(QppPads pads, byte[] plain) {
        long[] s = pads.generatorStart();
        byte[] out = new byte[plain.length];
        long r = next(s);
        int count = 0;
        for (int i = 0; i < plain.length; i++) {
            int pad = (int) (r & 0xffff) % pads.count();
            int k = (int) (r >>> (8 * count)) & 0xff;
            out[i] = pads.encrypting()[pad * 256 + ((plain[i] & 0xff) ^ k)];
            count++;
            if (count == 8) {
                r = next(s);
                count = 0;
            }
        }
        return out;
    }

    private static long next(long[] s) {
        long out = Long.rotateLeft(s[1] * 5, 7) * 9;
        long t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = Long.rotateLeft(s[3], 45);
        return out;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 61, 255, 256, 257, 4099, 65_535})
    void anySplitGivesTheSameBytes(int count) {
        Seeds.run(8, seeds -> {
            SplittableRandom random = seeds.random("bytes");
            QppPads pads = QppPads.derive(new byte[] {1, 2, 3}, count, QppGeneration.C);
            byte[] plain = new byte[BYTES];
            random.nextBytes(plain);
            byte[] expected = encryptSlowly(pads, plain);
            for (int most : new int[] {1, 3, 9, 20, 300, BYTES}) {
                QppCipher out = pads.newCipher();
                QppCipher in = pads.newCipher();
                byte[] bytes = plain.clone();
                inPieces(random, most, (at, length) -> out.encrypt(bytes, at, length));
                assertThat(Arrays.equals(bytes, expected))
                        .as("encrypted in pieces of up to %d", most)
                        .isTrue();
                inPieces(random, most, (at, length) -> in.decrypt(bytes, at, length));
                assertThat(Arrays.equals(bytes, plain))
                        .as("decrypted in pieces of up to %d", most)
                        .isTrue();
            }
        });
    }

    private interface Piece {
        void apply(int at, int length);
    }

    private static void inPieces(SplittableRandom random, int most, Piece piece) {
        int at = 0;
        while (at < BYTES) {
            int length = Math.min(BYTES - at, random.nextInt(0, most + 1));
            piece.apply(at, length);
            at += length;
        }
    }
}
