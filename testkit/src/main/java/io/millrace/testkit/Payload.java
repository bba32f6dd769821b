package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A pseudo-random byte sequence of a given length that follows from its seed. Any part can be made without the parts before it,
 * so gigabytes can be sent and checked in constant memory. Immutable.
 */
public final class Payload {
    private static final int CHUNK_BYTES = 16_384;
    private static final int WORD_BYTES = 8;
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long seed;
    private final long lengthBytes;

    public Payload(long seed, long lengthBytes) {
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("lengthBytes is " + lengthBytes + ", must be 0 or more");
        }
        this.seed = seed;
        this.lengthBytes = lengthBytes;
    }

    public long lengthBytes() {
        return lengthBytes;
    }

    /** Writes the bytes from {@code position} on into {@code length} places of {@code into}; the length is not looked at. */
    public void fill(long position, byte[] into, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = position + done;
            long word = word(at / WORD_BYTES);
            int skip = (int) (at % WORD_BYTES);
            if (skip == 0 && length - done >= WORD_BYTES) {
                WORDS.set(into, offset + done, word);
                done += WORD_BYTES;
            } else {
                for (int i = skip; i < WORD_BYTES && done < length; i++) {
                    into[offset + done++] = (byte) (word >>> (8 * i));
                }
            }
        }
    }

    // SplitMix64's output function over a counter
    private long word(long index) {
        long z = seed + (index + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** All of it as one array. */
    public byte[] bytes() {
        byte[] all = new byte[Math.toIntExact(lengthBytes)];
        fill(0, all, 0, all.length);
        return all;
    }

    /** The SHA-256 of all of it. */
    public byte[] sha256() {
        MessageDigest digest = newSha256();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (long at = 0; at < lengthBytes; at += chunk.length) {
            int length = (int) Math.min(chunk.length, lengthBytes - at);
            fill(at, chunk, 0, length);
            digest.update(chunk, 0, length);
        }
        return digest.digest();
    }

    /** Writes all of it, in chunks. */
    public void writeTo(OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (long at = 0; at < lengthBytes; at += chunk.length) {
            int length = (int) Math.min(chunk.length, lengthBytes - at);
            fill(at, chunk, 0, length);
            out.write(chunk, 0, length);
        }
    }

    /** Reads to the end of the stream and checks that it was exactly this payload. */
    public void readFrom(InputStream in) throws IOException {
        Verifier verifier = verifier();
        byte[] chunk = new byte[CHUNK_BYTES];
        int read = in.read(chunk);
        while (read >= 0) {
            verifier.accept(chunk, 0, read);
            read = in.read(chunk);
        }
        verifier.finish();
    }

    /** Checks the payload piece by piece. */
    public Verifier verifier() {
        return new Verifier(this);
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Takes the received pieces in order; an AssertionError names the first byte that differs. One thread. */
    public static final class Verifier {
        private final Payload payload;
        private byte[] expected = new byte[CHUNK_BYTES];
        private long position;

        private Verifier(Payload payload) {
            this.payload = payload;
        }

        /** Bytes taken so far, all of them right. */
        public long position() {
            return position;
        }

        public void accept(byte[] bytes, int offset, int length) {
            if (position + length > payload.lengthBytes) {
                throw new AssertionError(
                        "got " + (position + length) + " bytes or more, expected " + payload.lengthBytes);
            }
            if (expected.length < length) {
                expected = new byte[length];
            }
            payload.fill(position, expected, 0, length);
            int wrong = Arrays.mismatch(bytes, offset, offset + length, expected, 0, length);
            if (wrong >= 0) {
                throw new AssertionError("byte " + (position + wrong) + " of " + payload.lengthBytes + " is "
                        + bytes[offset + wrong] + ", expected " + expected[wrong]);
            }
            position += length;
        }

        /** All has come. */
        public void finish() {
            if (position != payload.lengthBytes) {
                throw new AssertionError("got " + position + " bytes, expected " + payload.lengthBytes);
            }
        }
    }
}
