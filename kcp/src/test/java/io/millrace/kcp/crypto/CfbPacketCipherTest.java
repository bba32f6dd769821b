package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.kcp.wire.PacketBurst;
import io.millrace.testkit.Seeds;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.CAST5Engine;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.engines.TwofishEngine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** CFB by other means against the JCE's own, and the block ciphers to come against the vectors. */
class CfbPacketCipherTest {
    private static final byte[] IV = HexFormat.of().parseHex("a7734f9c12ac1b01a415f2c1fc78e66b");
    private static final TunnelKey KEY = TunnelKey.derive("it's a secrect");

    static Stream<Arguments> blockCiphers() {
        return Stream.of(
                Arguments.of("AES", 16),
                Arguments.of("AES", 24),
                Arguments.of("AES", 32),
                Arguments.of("Blowfish", 32),
                Arguments.of("DESede", 24));
    }

    @ParameterizedTest
    @MethodSource("blockCiphers")
    void everyLengthAloneAndBesideAnother(String algorithm, int keyBytes) {
        Seeds.run(1, seeds -> {
            Comparison comparison = new Comparison(algorithm, keyBytes);
            for (int length = 20; length <= 1500; length++) {
                SplittableRandom random = seeds.random("length " + length);
                comparison.check(random, length);
                comparison.check(random, length, random.nextInt(20, 1501));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("blockCiphers")
    void burstsOfAllSizes(String algorithm, int keyBytes) {
        Seeds.run(2, seeds -> {
            Comparison comparison = new Comparison(algorithm, keyBytes);
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

    /** One cipher, kept for all its packets as in life, and the JCE's CFB. */
    private static final class Comparison {
        private final SecretKeySpec key;
        private final byte[] nonces = new byte[64 * 16];
        private int usedNonces;
        private final PacketCipher cipher;
        private final PacketCipher plain = new PlainPacketCipher((to, offset, length) -> {});
        private final Cipher cfb;
        private final IvParameterSpec iv;
        private final PacketBurst burst = new PacketBurst(64, 1500);

        Comparison(String algorithm, int keyBytes) throws GeneralSecurityException {
            byte[] keyPrefix = KEY.prefix(keyBytes);
            key = new SecretKeySpec(keyPrefix, algorithm);
            cipher = new CfbPacketCipher(new JceBlockEncryptor(algorithm, keyPrefix), (to, offset, length) -> {
                System.arraycopy(nonces, usedNonces, to, offset, length);
                usedNonces += length;
            });
            cfb = Cipher.getInstance(algorithm + "/CFB/NoPadding");
            iv = new IvParameterSpec(Arrays.copyOf(IV, cfb.getBlockSize()));
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
                cfb.init(Cipher.DECRYPT_MODE, key, iv);
                byte[] opened = cfb.doFinal(after, start, lengths[i]);
                boolean same = Arrays.equals(opened, 0, 16, nonces, 16 * i, 16 * i + 16)
                        && Arrays.equals(opened, 20, lengths[i], before, start + 20, end)
                        && plain.open(opened, 0, opened.length) == 20
                        && cipher.open(after, start, lengths[i]) == start + 20
                        && Arrays.equals(opened, 0, lengths[i], after, start, end);
                if (!same) {
                    fail(key.getAlgorithm() + ": packet " + i + " of " + Arrays.toString(lengths));
                }
            }
            int end = burst.totalBytes();
            assertThat(Arrays.equals(before, end, before.length, after, end, after.length))
                    .as("bytes behind the burst")
                    .isTrue();
        }
    }

    /** The ciphers that come next need an engine only. spec: kcp 10.3 */
    @ParameterizedTest
    @CsvSource({
        "sm4, 16, 0340e44fd923bb2259e375a7ab6ee54db29c3c50fc0e6db2f6c940938ec492e1a6343034a3f0da492b7a890abfdf511e36",
        "twofish, 32, 79a0668add94e7387471af7514bb1065595ad816859b56dd62bf5fd143ea01f70d39a8c7553133785b6337d606dc2ba887",
        "cast5, 16, bb8f8d2209e0131c7d027b3e28d6b457d3995bab8c7d11fa487555464f0fde8ecd06bed9a4af80316768427236c0ae565c",
        "blowfish, 32, 186797305116055ece6531b898c4b23577e7d91051ee774ccf556bb1a5008c89332fc383557e393aee252f0af77d998aec",
        "3des, 24, 5dca5d4fac8f6accf083365ae9eb528a7fe61bac86fcda141cc61e25e2b4bf65fd51f706180f6c103f1bae528097eb3f35"
    })
    void otherBlockCiphers(String crypt, int keyBytes, String sealed) {
        byte[] body = HexFormat.of().parseHex("4433221151000002e803000000000000000000000500000068656c6c6f");
        byte[] key = KEY.prefix(keyBytes);
        BlockEncryptor block =
                switch (crypt) {
                    case "sm4" -> new Engine(new SM4Engine(), key);
                    case "twofish" -> new Engine(new TwofishEngine(), key);
                    case "cast5" -> new Engine(new CAST5Engine(), key);
                    case "blowfish" -> new JceBlockEncryptor("Blowfish", key);
                    default -> new JceBlockEncryptor("DESede", key);
                };
        PacketCipher cipher = new CfbPacketCipher(block, PacketVectorsTest::counting);
        assertThat(HexFormat.of().formatHex(PacketVectorsTest.seal(cipher, body)))
                .isEqualTo(sealed);
        PacketBurst three = new PacketBurst(3, 100);
        for (int i = 0; i < 3; i++) {
            PacketVectorsTest.add(three, cipher, body);
        }
        cipher.seal(three);
        assertThat(HexFormat.of().formatHex(three.bytes(), 0, three.totalBytes()))
                .isEqualTo(sealed.repeat(3));
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

    /** A Bouncy Castle engine behind the seam. */
    private static final class Engine implements BlockEncryptor {
        private final BlockCipher engine;
        private final byte[] iv;

        Engine(BlockCipher engine, byte[] key) {
            this.engine = engine;
            this.iv = new byte[engine.getBlockSize()];
            engine.init(true, new KeyParameter(key));
        }

        @Override
        public int blockBytes() {
            return engine.getBlockSize();
        }

        @Override
        public void encrypt(byte[] in, int inOffset, int bytes, byte[] out, int outOffset) {
            for (int i = 0; i < bytes; i += blockBytes()) {
                engine.processBlock(in, inOffset + i, out, outOffset + i);
            }
        }

        @Override
        public void chainFrom(byte[] first) {
            System.arraycopy(first, 0, iv, 0, iv.length);
        }

        @Override
        public void encryptChained(byte[] in, int inOffset, int bytes, byte[] out, int outOffset) {
            byte[] state = iv.clone();
            for (int i = 0; i < bytes; i += state.length) {
                for (int b = 0; b < state.length; b++) {
                    state[b] ^= in[inOffset + i + b];
                }
                engine.processBlock(state, 0, state, 0);
                System.arraycopy(state, 0, out, outOffset + i, state.length);
            }
        }
    }
}
