package io.millrace.tunnel.qpp;

import io.millrace.config.QppGeneration;
import io.millrace.kcp.crypto.Pbkdf2;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret permutations of 0..255 made from a key, and where the generator that chooses among them starts. Immutable, never
 * prints itself; 512 bytes for each pad. spec: tunnel 6.2, 6.3
 */
public final class QppPads {
    /** Most pads there can be. */
    public static final int MAX_COUNT = 65_535;

    static final int PAD_BYTES = 256;

    private static final byte[] CHUNK_SALT = ascii("___QUANTUM_PERMUTATION_PAD_SEED_DERIVE___");
    private static final byte[] SHUFFLE_SALT = ascii("___QUANTUM_PERMUTATION_PAD_SHUFFLE_SALT___");
    private static final byte[] GENERATOR_SALT = ascii("___QUANTUM_PERMUTATION_PAD_PRNG_SALT___");
    private static final byte[] SELECTOR = ascii("PERMUTATION_MATRIX_SELECTOR");
    private static final int SHORT_ITERATIONS = 128;
    private static final int CHUNK_ITERATIONS = 1024;
    private static final int CHUNK_BYTES = 32;

    private static final String MAC = "HmacSHA256";
    private static final int HALF_SUM_BYTES = 16;
    /** Pads shuffled side by side, so that AES gets many blocks at a time and all of it stays in the nearest cache. */
    private static final int SIDE_BY_SIDE = 256;

    private static final VarHandle BIG_ENDIAN_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LITTLE_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int count;
    private final byte[] encrypting;
    private final byte[] decrypting;
    private final long[] generatorStart;

    private QppPads(int count, byte[] encrypting, byte[] decrypting, long[] generatorStart) {
        this.count = count;
        this.encrypting = encrypting;
        this.decrypting = decrypting;
        this.generatorStart = generatorStart;
    }

    /**
     * Makes the pads. Takes milliseconds, tens of them in a cold JVM: once per process.
     *
     * @param key the pre-shared secret's bytes; may be empty
     * @param count number of pads, 1..{@link #MAX_COUNT}
     * @throws IllegalArgumentException if {@code count} is out of range
     */
    public static QppPads derive(byte[] key, int count, QppGeneration generation) {
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("number of pads " + count + ", allowed 1.." + MAX_COUNT);
        }
        try {
            byte[][] chunks = chunks(key, generation == QppGeneration.A ? 6 : 7);
            Cipher[] shufflers = new Cipher[chunks.length];
            for (int c = 0; c < chunks.length; c++) {
                shufflers[c] = shuffler(chunks[c]);
            }
            byte[] encrypting = new byte[count * PAD_BYTES];
            for (int first = 0; first < count; first += SIDE_BY_SIDE) {
                int last = Math.min(count, first + SIDE_BY_SIDE);
                shuffle(encrypting, first, last, chunks, shufflers, generation == QppGeneration.C);
            }
            return new QppPads(count, encrypting, inverse(encrypting), generatorStart(key));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime's cryptography failed", e);
        }
    }

    private static byte[][] chunks(byte[] key, int count) {
        byte[] seed = key.length < CHUNK_BYTES ? Pbkdf2.hmacSha1(key, CHUNK_SALT, SHORT_ITERATIONS, CHUNK_BYTES) : key;
        byte[][] chunks = new byte[count][];
        byte[] previous = {};
        for (int c = 0; c < count; c++) {
            byte[] raw = new byte[CHUNK_BYTES];
            for (int i = 0; i < CHUNK_BYTES; i++) {
                raw[i] = seed[(c * CHUNK_BYTES + i) % seed.length];
            }
            // Short keys make all of them equal, and each one is slow to derive.
            chunks[c] = Arrays.equals(raw, previous)
                    ? chunks[c - 1]
                    : Pbkdf2.hmacSha1(raw, CHUNK_SALT, CHUNK_ITERATIONS, CHUNK_BYTES);
            previous = raw;
        }
        return chunks;
    }

    private static Cipher shuffler(byte[] chunk) throws GeneralSecurityException {
        byte[] key = Pbkdf2.hmacSha1(chunk, SHUFFLE_SALT, SHORT_ITERATIONS, CHUNK_BYTES);
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        return aes;
    }

    /** Shuffles the pads {@code first} to {@code last - 1}, one step of all of them after the other. */
    private static void shuffle(
            byte[] pads, int first, int last, byte[][] chunks, Cipher[] shufflers, boolean bothHalves)
            throws GeneralSecurityException {
        int pieces = last - first;
        // The first halves of all sums, then the second halves: generations before C encrypt the first ones only.
        byte[] sums = new byte[2 * HALF_SUM_BYTES * pieces];
        int secondHalves = HALF_SUM_BYTES * pieces;
        for (int j = 0; j < pieces; j++) {
            int pad = first + j;
            for (int v = 0; v < PAD_BYTES; v++) {
                pads[pad * PAD_BYTES + v] = (byte) v;
            }
            byte[] sum = hmac(chunks[pad % chunks.length], ascii("QPP_" + Integer.toBinaryString(pad)));
            System.arraycopy(sum, 0, sums, j * HALF_SUM_BYTES, HALF_SUM_BYTES);
            System.arraycopy(sum, HALF_SUM_BYTES, sums, secondHalves + j * HALF_SUM_BYTES, HALF_SUM_BYTES);
        }
        int changing = bothHalves ? sums.length : secondHalves;
        for (int top = PAD_BYTES - 1; top > 0; top--) {
            for (Cipher aes : shufflers) {
                aes.update(sums, 0, changing, sums, 0);
            }
            for (int j = 0; j < pieces; j++) {
                int base = (first + j) * PAD_BYTES;
                int other = remainder(sums, j * HALF_SUM_BYTES, 0, top + 1);
                other = remainder(sums, secondHalves + j * HALF_SUM_BYTES, other, top + 1);
                byte swapped = pads[base + top];
                pads[base + top] = pads[base + other];
                pads[base + other] = swapped;
            }
        }
    }

    /** {@code high} followed by half a sum, a big-endian number, modulo {@code divisor}. */
    private static int remainder(byte[] sums, int offset, int high, int divisor) {
        long rest = high;
        for (int i = 0; i < HALF_SUM_BYTES; i += Integer.BYTES) {
            rest = ((rest << Integer.SIZE) | Integer.toUnsignedLong((int) BIG_ENDIAN_INT.get(sums, offset + i)))
                    % divisor;
        }
        return (int) rest;
    }

    private static byte[] inverse(byte[] pads) {
        byte[] inverse = new byte[pads.length];
        for (int base = 0; base < pads.length; base += PAD_BYTES) {
            for (int v = 0; v < PAD_BYTES; v++) {
                inverse[base + (pads[base + v] & 0xff)] = (byte) v;
            }
        }
        return inverse;
    }

    private static long[] generatorStart(byte[] key) throws GeneralSecurityException {
        byte[] state = Pbkdf2.hmacSha1(hmac(key, SELECTOR), GENERATOR_SALT, SHORT_ITERATIONS, CHUNK_BYTES);
        long[] words = new long[CHUNK_BYTES / Long.BYTES];
        for (int i = 0; i < words.length; i++) {
            words[i] = (long) LITTLE_ENDIAN_LONG.get(state, i * Long.BYTES);
        }
        return words;
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(MAC);
        // SecretKeySpec refuses an empty key; HMAC pads with zeros, so one zero byte is the same key.
        mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, MAC));
        return mac.doFinal(message);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A cipher at the beginning of one direction of a stream; all of them start alike. */
    public QppCipher newCipher() {
        return new QppCipher(this);
    }

    int count() {
        return count;
    }

    /** All pads, one after the other. Not to be changed. */
    byte[] encrypting() {
        return encrypting;
    }

    /** The inverse of each pad, likewise. */
    byte[] decrypting() {
        return decrypting;
    }

    /** The four words of the generator's state. */
    long[] generatorStart() {
        return generatorStart.clone();
    }

    @Override
    public String toString() {
        return "QppPads[" + count + ", masked]";
    }
}
