package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.LittleEndian;
import org.bouncycastle.crypto.engines.Salsa20Engine;

/**
 * Crypt {@code salsa20}: the first 8 bytes of the packet's nonce are the cipher's and travel in clear, all that follows is
 * under the key stream from its start. Uses the block function only, since setting a nonce on Bouncy Castle's cipher takes
 * objects, and its bytes are mixed in one by one. spec: kcp 2.4
 */
final class Salsa20StreamCipher implements StreamCipher {
    private static final int ROUNDS = 20;
    private static final int NONCE_BYTES = 8;
    private static final int BLOCK_WORDS = 16;
    private static final int BLOCK_BYTES = BLOCK_WORDS * Integer.BYTES;

    // Where the state has what. The constants "expand 32-byte k" are on its diagonal.
    private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    private static final int KEY_FIRST_HALF = 1;
    private static final int NONCE = 6;
    private static final int COUNTER = 8;
    private static final int KEY_SECOND_HALF = 11;

    private final int[] state = new int[BLOCK_WORDS];
    private final int[] keyStream = new int[BLOCK_WORDS];

    /** @param key 32 bytes */
    Salsa20StreamCipher(byte[] key) {
        for (int i = 0; i < CONSTANTS.length; i++) {
            state[5 * i] = CONSTANTS[i];
            state[KEY_FIRST_HALF + i] = LittleEndian.getInt(key, Integer.BYTES * i);
            state[KEY_SECOND_HALF + i] = LittleEndian.getInt(key, Integer.BYTES * (CONSTANTS.length + i));
        }
    }

    @Override
    public void apply(byte[] packet, int offset, int length) {
        state[NONCE] = LittleEndian.getInt(packet, offset);
        state[NONCE + 1] = LittleEndian.getInt(packet, offset + Integer.BYTES);
        state[COUNTER] = 0; // a packet has few blocks, the upper half stays 0
        int at = offset + NONCE_BYTES;
        int end = offset + length;
        for (; at + BLOCK_BYTES <= end; at += BLOCK_BYTES) {
            nextBlock();
            for (int i = 0; i < BLOCK_WORDS; i++) {
                int word = at + Integer.BYTES * i;
                LittleEndian.putInt(packet, word, LittleEndian.getInt(packet, word) ^ keyStream[i]);
            }
        }
        if (at < end) {
            nextBlock();
            for (int i = 0; at + i < end; i++) {
                packet[at + i] ^= (byte) (keyStream[i / Integer.BYTES] >>> (Byte.SIZE * (i % Integer.BYTES)));
            }
        }
    }

    private void nextBlock() {
        Salsa20Engine.salsaCore(ROUNDS, state, keyStream);
        state[COUNTER]++;
    }
}
