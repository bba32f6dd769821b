package io.millrace.kcp.fec;

import com.backblaze.erasure.CodingLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Products of a matrix over GF(2^8) and shards, on eight bytes at a time. For each output, from the highest coefficient
 * bit to the lowest: double the sum (times 2 in the field), then add the inputs whose coefficient has that bit. The
 * passes are small loops over longs because those are what the JIT compiler turns into vector instructions; measured
 * about eight times as fast as a table look-up a byte. Keeps scratch, so it is for one thread.
 */
final class HornerCodingLoop implements CodingLoop {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long HIGH_BITS = 0x8080808080808080L;
    /** The field's polynomial without x^8, in every byte. spec: kcp 3.3 */
    private static final long POLYNOMIAL = 0x1d1d1d1d1d1d1d1dL;
    /** Inputs added in one pass; a pass with fewer adds zeros. */
    private static final int LANES = 4;

    private long[][] in = new long[0][0];
    private long[] sum = new long[0];
    private long[] zeros = new long[0];
    private final long[][] lane = new long[LANES][];

    @Override
    public void codeSomeShards(
            byte[][] matrixRows,
            byte[][] inputs,
            int inputCount,
            byte[][] outputs,
            int outputCount,
            int offset,
            int byteCount) {
        if (outputCount == 0 || byteCount == 0) {
            return; // ReedSolomon.decodeMissing asks for nothing when only parity is missing
        }
        int words = load(inputs, inputCount, offset, byteCount);
        for (int o = 0; o < outputCount; o++) {
            multiply(matrixRows[o], inputCount, words);
            store(outputs[o], offset, byteCount);
        }
    }

    @Override
    public boolean checkSomeShards(
            byte[][] matrixRows,
            byte[][] inputs,
            int inputCount,
            byte[][] toCheck,
            int checkCount,
            int offset,
            int byteCount,
            byte[] tempBuffer) {
        int words = load(inputs, inputCount, offset, byteCount);
        for (int o = 0; o < checkCount; o++) {
            multiply(matrixRows[o], inputCount, words);
            if (!equals(toCheck[o], offset, byteCount)) {
                return false;
            }
        }
        return true;
    }

    private int load(byte[][] inputs, int inputCount, int offset, int byteCount) {
        int words = (byteCount + Long.BYTES - 1) / Long.BYTES;
        reserve(inputCount, words);
        for (int i = 0; i < inputCount; i++) {
            byte[] from = inputs[i];
            long[] to = in[i];
            int whole = byteCount / Long.BYTES;
            for (int w = 0; w < whole; w++) {
                to[w] = (long) LONG.get(from, offset + w * Long.BYTES);
            }
            if (whole < words) {
                to[whole] = tail(from, offset + whole * Long.BYTES, byteCount % Long.BYTES);
            }
        }
        return words;
    }

    private void store(byte[] to, int offset, int byteCount) {
        int whole = byteCount / Long.BYTES;
        for (int w = 0; w < whole; w++) {
            LONG.set(to, offset + w * Long.BYTES, sum[w]);
        }
        for (int i = whole * Long.BYTES; i < byteCount; i++) {
            to[offset + i] = (byte) (sum[whole] >>> (8 * i));
        }
    }

    private boolean equals(byte[] with, int offset, int byteCount) {
        int whole = byteCount / Long.BYTES;
        for (int w = 0; w < whole; w++) {
            if (sum[w] != (long) LONG.get(with, offset + w * Long.BYTES)) {
                return false;
            }
        }
        int left = byteCount % Long.BYTES;
        return left == 0 || tail(with, offset + whole * Long.BYTES, left) == sum[whole];
    }

    /** The last {@code bytes} bytes, 1..7, as a word with zeros above. */
    private static long tail(byte[] from, int offset, int bytes) {
        long word = 0;
        for (int i = 0; i < bytes; i++) {
            word |= (from[offset + i] & 0xffL) << (8 * i);
        }
        return word;
    }

    /** Sets {@link #sum} to the product of one row and the loaded inputs. */
    private void multiply(byte[] row, int inputCount, int words) {
        int used = 0;
        for (int i = 0; i < inputCount; i++) {
            used |= row[i];
        }
        int top = 31 - Integer.numberOfLeadingZeros((used & 0xff) | 1);
        Arrays.fill(sum, 0, words, 0);
        for (int bit = top; bit >= 0; bit--) {
            boolean doubled = bit == top; // nothing to double yet
            int lanes = 0;
            for (int i = 0; i < inputCount; i++) {
                if (((row[i] >>> bit) & 1) != 0) {
                    lane[lanes++] = in[i];
                    if (lanes == LANES) {
                        pass(doubled, words);
                        doubled = true;
                        lanes = 0;
                    }
                }
            }
            if (lanes > 0 || !doubled) {
                while (lanes < LANES) {
                    lane[lanes++] = zeros;
                }
                pass(doubled, words);
            }
        }
    }

    private void pass(boolean doubled, int words) {
        if (doubled) {
            add(sum, lane[0], lane[1], lane[2], lane[3], words);
        } else {
            doubleAndAdd(sum, lane[0], lane[1], lane[2], lane[3], words);
        }
    }

    private static void add(long[] sum, long[] a, long[] b, long[] c, long[] d, int words) {
        for (int w = 0; w < words; w++) {
            sum[w] ^= a[w] ^ b[w] ^ c[w] ^ d[w];
        }
    }

    private static void doubleAndAdd(long[] sum, long[] a, long[] b, long[] c, long[] d, int words) {
        for (int w = 0; w < words; w++) {
            long s = sum[w];
            long high = s & HIGH_BITS;
            // All ones in each byte whose high bit was set: 0x100 - 1, one byte up and down.
            long overflowed = (high << 1) - (high >>> 7);
            sum[w] = ((s ^ high) << 1) ^ (overflowed & POLYNOMIAL) ^ a[w] ^ b[w] ^ c[w] ^ d[w];
        }
    }

    private void reserve(int inputs, int words) {
        if (sum.length < words) {
            int room = Math.max(words, (FecWorkspace.MAX_SHARD_BYTES + Long.BYTES - 1) / Long.BYTES);
            sum = new long[room];
            zeros = new long[room];
            in = new long[0][0];
        }
        if (in.length < inputs) {
            in = Arrays.copyOf(in, inputs);
        }
        for (int i = 0; i < inputs; i++) {
            if (in[i] == null || in[i].length < words) {
                in[i] = new long[sum.length];
            }
        }
    }
}
