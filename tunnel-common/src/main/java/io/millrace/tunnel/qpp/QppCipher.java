package io.millrace.tunnel.qpp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One direction of a stream, whose bytes it encrypts or decrypts in their order, in pieces of any length. A generator
 * (xoshiro256**) gives a word for each eight bytes: its low 16 bits choose the pad, and its bytes are mixed into the
 * data one by one. One thread. spec: tunnel 6.3, 6.4
 */
public final class QppCipher {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] encrypting;
    private final byte[] decrypting;
    private final int padCount;
    /** 2^32 / padCount, rounded up: {@code x * reciprocal >>> 32} is {@code x / padCount} for all x of 16 bits. */
    private final long reciprocal;

    private long s0;
    private long s1;
    private long s2;
    private long s3;
    private long word;
    /** Bytes of {@link #word} that are used up, 0..7. */
    private int used;

    QppCipher(QppPads pads) {
        encrypting = pads.encrypting();
        decrypting = pads.decrypting();
        padCount = pads.count();
        reciprocal = (1L << 32) / padCount + 1;
        long[] start = pads.generatorStart();
        s0 = start[0];
        s1 = start[1];
        s2 = start[2];
        s3 = start[3];
        nextWord();
    }

    /** Encrypts bytes in place. */
    public void encrypt(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        for (; at < end && used != 0; at++) {
            bytes[at] = encryptByte(bytes[at]);
        }
        byte[] pads = encrypting;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long in = (long) LONG.get(bytes, at) ^ word;
            LONG.set(bytes, at, substitute(pads, padOffset(), in));
            nextWord();
        }
        for (; at < end; at++) {
            bytes[at] = encryptByte(bytes[at]);
        }
    }

    /** Decrypts bytes in place. */
    public void decrypt(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        for (; at < end && used != 0; at++) {
            bytes[at] = decryptByte(bytes[at]);
        }
        byte[] pads = decrypting;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long in = (long) LONG.get(bytes, at);
            LONG.set(bytes, at, substitute(pads, padOffset(), in) ^ word);
            nextWord();
        }
        for (; at < end; at++) {
            bytes[at] = decryptByte(bytes[at]);
        }
    }

    private static long substitute(byte[] pads, int pad, long in) {
        return (pads[pad + (int) (in & 0xff)] & 0xffL)
                | (pads[pad + (int) ((in >>> 8) & 0xff)] & 0xffL) << 8
                | (pads[pad + (int) ((in >>> 16) & 0xff)] & 0xffL) << 16
                | (pads[pad + (int) ((in >>> 24) & 0xff)] & 0xffL) << 24
                | (pads[pad + (int) ((in >>> 32) & 0xff)] & 0xffL) << 32
                | (pads[pad + (int) ((in >>> 40) & 0xff)] & 0xffL) << 40
                | (pads[pad + (int) ((in >>> 48) & 0xff)] & 0xffL) << 48
                | (pads[pad + (int) (in >>> 56)] & 0xffL) << 56;
    }

    private byte encryptByte(byte in) {
        int key = (int) (word >>> (Byte.SIZE * used));
        byte out = encrypting[padOffset() + ((in ^ key) & 0xff)];
        useByte();
        return out;
    }

    private byte decryptByte(byte in) {
        int key = (int) (word >>> (Byte.SIZE * used));
        byte out = (byte) (decrypting[padOffset() + (in & 0xff)] ^ key);
        useByte();
        return out;
    }

    private void useByte() {
        used++;
        if (used == Long.BYTES) {
            used = 0;
            nextWord();
        }
    }

    /** Where the pad that the word chooses begins. */
    private int padOffset() {
        int choice = (int) (word & 0xffff);
        int pad = choice - (int) ((choice * reciprocal) >>> 32) * padCount;
        return pad * QppPads.PAD_BYTES;
    }

    private void nextWord() {
        word = Long.rotateLeft(s1 * 5, 7) * 9;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
    }

    /** The generator's state and word, for comparison with the specification's. */
    long[] state() {
        return new long[] {s0, s1, s2, s3, word};
    }
}
