package io.millrace.kcp.fec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.backblaze.erasure.InputOutputByteTableCodingLoop;
import com.backblaze.erasure.ReedSolomon;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Byte for byte against Backblaze's code with its own loops. */
class ReedSolomonCodecTest {
    private static final long SEED = Long.getLong("millrace.seed", 20260101L);
    private static final int GUARD = 9;

    private final Random random = new Random(SEED);
    private final HornerCodingLoop loop = new HornerCodingLoop();

    @Test
    void parityOfAllSmallCodesAndLengths() {
        for (int data = 1; data <= 12; data++) {
            for (int parity = 1; parity <= 5; parity++) {
                for (int bytes = 1; bytes <= 70; bytes += 1 + random.nextInt(3)) {
                    checkParity(data, parity, bytes);
                }
                checkParity(data, parity, 1350);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"70, 30", "128, 128", "255, 1", "1, 255", "254, 2", "30, 15", "200, 55"})
    void parityOfLargeCodes(int data, int parity) {
        checkParity(data, parity, 37);
        checkParity(data, parity, 1500);
    }

    private void checkParity(int data, int parity, int bytes) {
        byte[][] shards = randomShards(data, parity, bytes);
        byte[][] expected = copy(shards);
        new ReedSolomon(data, parity, new InputOutputByteTableCodingLoop()).encodeParity(expected, 0, bytes);
        byte[][] input = copy(shards);
        byte[][] output = Arrays.copyOfRange(copy(shards), data, data + parity);
        ReedSolomonCodec codec = new ReedSolomonCodec(data, parity, loop);
        codec.encode(input, output, bytes);
        String what = data + "/" + parity + ", " + bytes + " bytes, seed " + SEED;
        for (int i = 0; i < data; i++) {
            assertThat(input[i]).as("data stays, " + what).isEqualTo(shards[i]);
        }
        for (int r = 0; r < parity; r++) {
            assertThat(output[r]).as("parity " + r + " of " + what).isEqualTo(expected[data + r]);
            assertThat(codec.fits(input, output[r], r, bytes)).as(what).isTrue();
        }
        int at = random.nextInt(bytes);
        output[0][at] ^= (byte) (1 << random.nextInt(8));
        assertThat(codec.fits(input, output[0], 0, bytes))
                .as("byte %d of %s", at, what)
                .isFalse();
    }

    /** The loop inside Backblaze's own code, which asks for zero outputs, other offsets, and reuses its matrix. */
    @Test
    void asLoopOfBackblaze() {
        for (int round = 0; round < 300; round++) {
            int data = 1 + random.nextInt(12);
            int parity = 1 + random.nextInt(5);
            int bytes = 1 + random.nextInt(200);
            int offset = random.nextInt(GUARD);
            String what = data + "/" + parity + ", " + bytes + " bytes from " + offset + ", seed " + SEED;
            byte[][] shards = randomShards(data, parity, bytes);
            byte[][] expected = copy(shards);
            ReedSolomon stock = new ReedSolomon(data, parity, new InputOutputByteTableCodingLoop());
            ReedSolomon ours = new ReedSolomon(data, parity, loop);
            stock.encodeParity(expected, offset, bytes);
            ours.encodeParity(shards, offset, bytes);
            assertThat(shards).as(what).isDeepEqualTo(expected);
            assertThat(ours.isParityCorrect(shards, offset, bytes)).as(what).isTrue();

            boolean[] present = new boolean[data + parity];
            Arrays.fill(present, true);
            for (int lost = random.nextInt(parity + 1); lost > 0; lost--) {
                int gone = random.nextInt(data + parity);
                present[gone] = false;
                Arrays.fill(shards[gone], offset, offset + bytes, (byte) 0x55);
            }
            ours.decodeMissing(shards, present, offset, bytes);
            assertThat(shards).as(what).isDeepEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "2, 1", "2, 2", "3, 2", "4, 4", "5, 3", "7, 1", "6, 5"})
    void everyLossPattern(int data, int parity) {
        int n = data + parity;
        ReedSolomonCodec codec = new ReedSolomonCodec(data, parity, loop);
        for (int pattern = 0; pattern < 1 << n; pattern++) {
            if (n - Integer.bitCount(pattern) >= data) {
                boolean[] present = new boolean[n];
                for (int i = 0; i < n; i++) {
                    present[i] = ((pattern >>> i) & 1) == 0;
                }
                checkRebuild(codec, data, parity, present, 1 + random.nextInt(70));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10/3", "30/15", "70/30", "128/128", "254/2", "1/255"})
    void randomLossPatterns(String numbers) {
        int data = Integer.parseInt(numbers, 0, numbers.indexOf('/'), 10);
        int parity = Integer.parseInt(numbers, numbers.indexOf('/') + 1, numbers.length(), 10);
        ReedSolomonCodec codec = new ReedSolomonCodec(data, parity, loop);
        for (int round = 0; round < 20; round++) {
            boolean[] present = new boolean[data + parity];
            Arrays.fill(present, true);
            for (int lost = round == 0 ? parity : random.nextInt(parity + 1); lost > 0; lost--) {
                present[random.nextInt(data + parity)] = false;
            }
            if (round == 0) {
                Arrays.fill(present, true);
                Arrays.fill(present, 0, Math.min(data, parity), false); // as much data as can go
            }
            checkRebuild(codec, data, parity, present, round == 0 ? 1500 : 1 + random.nextInt(100));
        }
    }

    private void checkRebuild(ReedSolomonCodec codec, int data, int parity, boolean[] present, int bytes) {
        byte[][] shards = randomShards(data, parity, bytes);
        byte[][] parityShards = Arrays.copyOfRange(shards, data, data + parity);
        codec.encode(shards, parityShards, bytes);
        byte[][] damaged = copy(shards);
        int lost = 0;
        for (int i = 0; i < data + parity; i++) {
            if (!present[i]) {
                random.nextBytes(damaged[i]);
                lost += i < data ? 1 : 0;
            }
        }
        byte[][] rebuilt = new byte[Math.min(data, parity)][bytes];
        codec.rebuild(damaged, present, rebuilt, bytes);
        int at = 0;
        for (int i = 0; i < data; i++) {
            if (!present[i]) {
                assertThat(rebuilt[at++])
                        .as("shard %d of %d/%d, %d bytes, seed %d", i, data, parity, bytes, SEED)
                        .isEqualTo(Arrays.copyOf(shards[i], bytes));
            }
        }
        assertThat(at).isEqualTo(lost);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 3", "200, 57", "256, 1", "2147483647, 2147483647"})
    void refusesNumbersThatAreNoCode(int data, int parity) {
        assertThatThrownBy(() -> new ReedSolomonCodec(data, parity, loop))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(data + "/" + parity)
                .hasMessageContaining("256");
    }

    /** Random bytes, some more behind each shard that must stay. */
    private byte[][] randomShards(int data, int parity, int bytes) {
        byte[][] shards = new byte[data + parity][bytes + GUARD];
        for (byte[] shard : shards) {
            random.nextBytes(shard);
        }
        return shards;
    }

    private static byte[][] copy(byte[][] shards) {
        byte[][] copies = new byte[shards.length][];
        for (int i = 0; i < shards.length; i++) {
            copies[i] = shards[i].clone();
        }
        return copies;
    }
}
