package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.kcp.wire.PacketBurst;
import io.millrace.testkit.Seeds;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.BlowfishEngine;
import org.bouncycastle.crypto.engines.CAST5Engine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.engines.TwofishEngine;
import org.bouncycastle.crypto.engines.XTEAEngine;
import org.bouncycastle.crypto.modes.CFBBlockCipher;
import org.bouncycastle.crypto.modes.CFBModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CFB by other means against plain CFB of another library, for every block cipher. spec: kcp 2.3 */
class CfbPacketCipherTest {
    private static final byte[] IV = HexFormat.of().parseHex("a7734f9c12ac1b01a415f2c1fc78e66b");
    private static final TunnelKey KEY = TunnelKey.derive("it's a secrect");

    static Stream<String> blockCiphers() {
        return PacketCiphers.names().stream().filter(name -> !Set.of("aes-128-gcm", "salsa20", "xor", "none", "null")
                .contains(name));
    }

    @ParameterizedTest
    @MethodSource("blockCiphers")
    void everyLengthAloneAndBesideAnother(String crypt) {
        Seeds.run(1, seeds -> {
            Comparison comparison = new Comparison(crypt);
            for (int length = 20; length <= 1500; length++) {
                SplittableRandom random = seeds.random("length " + length);
                comparison.check(random, length);
                comparison.check(random, length, random.nextInt(20, 1501));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("blockCiphers")
    void burstsOfAllSizes(String crypt) {
        Seeds.run(2, seeds -> {
            Comparison comparison = new Comparison(crypt);
            for (int packets = 1; packets <= 64; packets++) {
                SplittableRandom random = seeds.random("packets " + packets);
                int[] equal = new int[packets];
                Arrays.fill(equal, random.nextInt(20, 1501));
                comparison.check(random, equal);
                comparison.check(random, random.ints(packets, 20, 1501).toArray());
                comparison.check(random, random.ints(packets, 20, 60).toArray());
            }
        });
    }

    /** Deciphers CFB by means that are not ours. */
    @FunctionalInterface
    private interface Reference {
        byte[] open(byte[] bytes, int offset, int length) throws GeneralSecurityException;

        static Reference of(String crypt) throws GeneralSecurityException {
            return switch (crypt) {
                case "aes" -> engine(AESEngine.newInstance(), 32);
                case "aes-128" -> jce("AES", 16);
                case "aes-192" -> engine(AESEngine.newInstance(), 24);
                case "blowfish" -> engine(new BlowfishEngine(), 32);
                case "3des" -> engine(new DESedeEngine(), 24);
                case "twofish" -> engine(new TwofishEngine(), 32);
                case "sm4" -> engine(new SM4Engine(), 16);
                case "cast5" -> engine(new CAST5Engine(), 16);
                case "xtea" -> engine(new XTEAEngine(), 16);
                case "tea" -> engine(new SlowTea(), 16);
                default -> throw new IllegalArgumentException(crypt);
            };
        }

        private static Reference jce(String algorithm, int keyBytes) throws GeneralSecurityException {
            Cipher cfb = Cipher.getInstance(algorithm + "/CFB/NoPadding");
            SecretKeySpec key = new SecretKeySpec(KEY.prefix(keyBytes), algorithm);
            IvParameterSpec iv = new IvParameterSpec(Arrays.copyOf(IV, cfb.getBlockSize()));
            return (bytes, offset, length) -> {
                cfb.init(Cipher.DECRYPT_MODE, key, iv);
                return cfb.doFinal(bytes, offset, length);
            };
        }

        private static Reference engine(BlockCipher engine, int keyBytes) {
            int blockBytes = engine.getBlockSize();
            CFBModeCipher cfb = CFBBlockCipher.newInstance(engine, 8 * blockBytes);
            CipherParameters parameters =
                    new ParametersWithIV(new KeyParameter(KEY.prefix(keyBytes)), Arrays.copyOf(IV, blockBytes));
            return (bytes, offset, length) -> {
                cfb.init(false, parameters);
                byte[] opened = new byte[length];
                cfb.processBytes(bytes, offset, length, opened, 0);
                return opened;
            };
        }
    }

    /** One cipher, kept for all its packets as in life, and its reference. */
    private static final class Comparison {
        private final String crypt;
        private final Reference reference;
        private final byte[] nonces = new byte[64 * 16];
        private int usedNonces;
        private final PacketCipher cipher;
        private final PacketCipher plain = PacketCiphers.create("none", KEY);
        private final PacketBurst burst = new PacketBurst(64, 1500);

        Comparison(String crypt) throws GeneralSecurityException {
            this.crypt = crypt;
            reference = Reference.of(crypt);
            cipher = PacketCiphers.create(crypt, KEY, (to, offset, length) -> {
                System.arraycopy(nonces, usedNonces, to, offset, length);
                usedNonces += length;
            });
        }

        void check(SplittableRandom random, int... lengths) throws GeneralSecurityException {
            random.nextBytes(nonces);
            usedNonces = 0;
            random.nextBytes(burst.bytes());
            burst.clear();
            for (int length : lengths) {
                burst.commit(length);
            }
            byte[] before = burst.bytes().clone();
            cipher.seal(burst);
            byte[] after = burst.bytes();
            for (int i = 0; i < lengths.length; i++) {
                int start = burst.offset(i);
                int end = start + lengths[i];
                byte[] opened = reference.open(after, start, lengths[i]);
                boolean same = Arrays.equals(opened, 0, 16, nonces, 16 * i, 16 * i + 16)
                        && Arrays.equals(opened, 20, lengths[i], before, start + 20, end)
                        && plain.open(opened, 0, opened.length) == 20
                        && cipher.open(after, start, lengths[i]) == start + 20
                        && Arrays.equals(opened, 0, lengths[i], after, start, end);
                if (!same) {
                    fail(crypt + ": packet " + i + " of " + Arrays.toString(lengths));
                }
            }
            int end = burst.totalBytes();
            assertThat(Arrays.equals(before, end, before.length, after, end, after.length))
                    .as("bytes behind the burst")
                    .isTrue();
        }
    }

    @Test
    void refusesToSealWhatIsNoPacket() {
        PacketCipher cipher = PacketCiphers.create("aes", KEY);
        PacketBurst burst = new PacketBurst(1, 2000);
        burst.commit(19);
        assertThatThrownBy(() -> cipher.seal(burst))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("19")
                .hasMessageContaining("20..1500");
        burst.clear();
        burst.commit(1501);
        assertThatThrownBy(() -> cipher.seal(burst)).hasMessageContaining("1501");
        burst.clear();
        cipher.seal(burst); // nothing to do
    }

    /** TEA as the protocol has it, word by word from its description. */
    private static final class SlowTea implements BlockCipher {
        private final int[] key = new int[4];

        @Override
        public void init(boolean encrypting, CipherParameters parameters) {
            ByteBuffer.wrap(((KeyParameter) parameters).getKey()).asIntBuffer().get(key);
        }

        @Override
        public String getAlgorithmName() {
            return "TEA";
        }

        @Override
        public int getBlockSize() {
            return 8;
        }

        @Override
        public int processBlock(byte[] in, int inOffset, byte[] out, int outOffset) {
            ByteBuffer block = ByteBuffer.wrap(in, inOffset, 8);
            int v0 = block.getInt();
            int v1 = block.getInt();
            for (int cycle = 1; cycle <= 8; cycle++) {
                int sum = cycle * 0x9E3779B9;
                v0 += ((v1 << 4) + key[0]) ^ (v1 + sum) ^ ((v1 >>> 5) + key[1]);
                v1 += ((v0 << 4) + key[2]) ^ (v0 + sum) ^ ((v0 >>> 5) + key[3]);
            }
            ByteBuffer.wrap(out, outOffset, 8).putInt(v0).putInt(v1);
            return 8;
        }

        @Override
        public void reset() {}
    }
}
