package io.millrace.kcp.fec;

import com.backblaze.erasure.CodingLoop;
import com.backblaze.erasure.Galois;

/**
 * The code of d data and p parity shards over GF(2^8), equal bit for bit to Backblaze's {@code ReedSolomon(d, p)}: parity
 * row r is the Lagrange interpolation at point d + r of the polynomial with the data at points 0..d-1, which is what the
 * normalised Vandermonde matrix computes. Written out it takes d (d + p) multiplications; the matrix product takes 0.1 s
 * for the largest codes, too long for an event loop whose peer chooses the numbers. Keeps scratch, one thread.
 * spec: kcp 3.3
 */
final class ReedSolomonCodec {
    /** Shards of the largest group: elements of the field. */
    static final int MAX_SHARDS = 256;

    private final int dataShards;
    private final byte[][] parityRows;
    private final CodingLoop loop;

    // Scratch of check and rebuild.
    private final byte[][] oneRow = new byte[1][];
    private final byte[][] oneShard = new byte[1][];
    private final byte[][] inputs;
    private final byte[][] square;
    private final byte[][] rows;
    private final int[] missing;

    ReedSolomonCodec(int dataShards, int parityShards, CodingLoop loop) {
        requireNumbers(dataShards, parityShards);
        this.dataShards = dataShards;
        this.loop = loop;
        this.parityRows = parityRows(dataShards, parityShards);
        int mostMissing = Math.min(dataShards, parityShards);
        this.inputs = new byte[dataShards][];
        this.square = new byte[mostMissing][mostMissing];
        this.rows = new byte[mostMissing][dataShards];
        this.missing = new int[mostMissing];
    }

    /**
     * Refuses numbers that are no code. spec: kcp 3
     *
     * @throws IllegalArgumentException unless both are at least 1 and at most 256 together
     */
    static void requireNumbers(int dataShards, int parityShards) {
        if (dataShards < 1 || parityShards < 1 || dataShards > MAX_SHARDS - parityShards) {
            throw new IllegalArgumentException("FEC " + dataShards + "/" + parityShards
                    + ": data and parity shards must be at least 1 and at most " + MAX_SHARDS + " together");
        }
    }

    private static byte[][] parityRows(int dataShards, int parityShards) {
        byte[] denominators = new byte[dataShards];
        for (int c = 0; c < dataShards; c++) {
            byte product = 1;
            for (int j = 0; j < dataShards; j++) {
                if (j != c) {
                    product = Galois.multiply(product, (byte) (c ^ j));
                }
            }
            denominators[c] = product;
        }
        byte[][] parity = new byte[parityShards][dataShards];
        for (int r = 0; r < parityShards; r++) {
            int x = dataShards + r;
            byte product = 1;
            for (int j = 0; j < dataShards; j++) {
                product = Galois.multiply(product, (byte) (x ^ j));
            }
            for (int c = 0; c < dataShards; c++) {
                parity[r][c] = Galois.divide(product, Galois.multiply((byte) (x ^ c), denominators[c]));
            }
        }
        return parity;
    }

    /** Coefficients of parity shard {@code r}, one a data shard; not to be changed. */
    byte[] parityRow(int r) {
        return parityRows[r];
    }

    /** Computes all parity shards from {@code data}; each array has at least {@code bytes} bytes. */
    void encode(byte[][] data, byte[][] parity, int bytes) {
        loop.codeSomeShards(parityRows, data, dataShards, parity, parityRows.length, 0, bytes);
    }

    /** Whether {@code parity} is parity shard {@code r} of {@code data}; each array has at least {@code bytes} bytes. */
    boolean fits(byte[][] data, byte[] parity, int r, int bytes) {
        oneRow[0] = parityRows[r];
        oneShard[0] = parity;
        return loop.checkSomeShards(oneRow, data, dataShards, oneShard, 1, 0, bytes, parity);
    }

    /**
     * Computes the missing data shards.
     *
     * @param shards data, then parity; at least {@code bytes} bytes each where present
     * @param present which of them are there: at least as many as there are data shards
     * @param rebuilt takes the missing data shards in order; at least {@code bytes} bytes each
     */
    void rebuild(byte[][] shards, boolean[] present, byte[][] rebuilt, int bytes) {
        int lost = 0;
        int in = 0;
        for (int c = 0; c < dataShards; c++) {
            if (present[c]) {
                inputs[in++] = shards[c];
            } else {
                missing[lost++] = c;
            }
        }
        // Row k: parity(k) plus the known data's part of it equals the missing data's part.
        for (int k = 0, r = 0; k < lost; r++) {
            if (!present[dataShards + r]) {
                continue;
            }
            inputs[in + k] = shards[dataShards + r];
            byte[] parityRow = parityRows[r];
            byte[] row = rows[k];
            for (int c = 0, at = 0; c < dataShards; c++) {
                if (present[c]) {
                    row[at++] = parityRow[c];
                }
            }
            for (int j = 0; j < lost; j++) {
                square[k][j] = parityRow[missing[j]];
                row[in + j] = (byte) (j == k ? 1 : 0);
            }
            k++;
        }
        solve(lost);
        loop.codeSomeShards(rows, inputs, dataShards, rebuilt, lost, 0, bytes);
    }

    /** Gauss-Jordan. No pivot is ever zero: every square part of the parity rows is regular. */
    private void solve(int size) {
        for (int pivot = 0; pivot < size; pivot++) {
            byte inverse = Galois.divide((byte) 1, square[pivot][pivot]);
            addMultiple(square[pivot], square[pivot], (byte) (inverse ^ 1), size); // x + (i + 1) x = i x
            addMultiple(rows[pivot], rows[pivot], (byte) (inverse ^ 1), dataShards);
            for (int r = 0; r < size; r++) {
                byte factor = square[r][pivot];
                if (r != pivot && factor != 0) {
                    addMultiple(square[r], square[pivot], factor, size);
                    addMultiple(rows[r], rows[pivot], factor, dataShards);
                }
            }
        }
    }

    private static void addMultiple(byte[] to, byte[] of, byte factor, int length) {
        byte[] times = Galois.MULTIPLICATION_TABLE[factor & 0xff];
        for (int i = 0; i < length; i++) {
            to[i] ^= times[of[i] & 0xff];
        }
    }
}
