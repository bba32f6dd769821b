package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.PacketBurst;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Full-block CFB over the whole packet, nonce and checksum included, from a fixed IV. Key stream block K(0) = E(IV),
 * K(i+1) = E(C(i)). spec: kcp 2.3
 *
 * <p>Opening knows all C(i), so its key stream is one independent pass. Sealing is a chain: the packets of a burst advance
 * side by side, block i of all in one pass, which pays from two packets on; the longest goes its last way through CBC,
 * whose output over the plain text is the key stream: E(P(i) xor K(i)) = E(C(i)).
 */
final class CfbPacketCipher extends ChecksummedPacketCipher {
    private static final byte[] IV = {
        (byte) 0xa7,
        0x73,
        0x4f,
        (byte) 0x9c,
        0x12,
        (byte) 0xac,
        0x1b,
        0x01,
        (byte) 0xa4,
        0x15,
        (byte) 0xf2,
        (byte) 0xc1,
        (byte) 0xfc,
        0x78,
        (byte) 0xe6,
        0x6b
    };
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final BlockEncryptor block;
    private final int blockBytes;
    private final byte[] firstKeyBlock;
    private final byte[] keyStream;

    // Of the packets not yet sealed: where they are and end, the block in work of each, and its key stream.
    private int[] at = new int[0];
    private int[] end = new int[0];
    private byte[] cipherRow = new byte[0];
    private byte[] keyRow = new byte[0];

    CfbPacketCipher(BlockEncryptor block, NonceSource nonces) {
        super(nonces);
        this.block = block;
        this.blockBytes = block.blockBytes();
        byte[] iv = Arrays.copyOf(IV, blockBytes);
        this.firstKeyBlock = new byte[blockBytes];
        this.keyStream = new byte[mostBlocks(MAX_PACKET_BYTES / blockBytes + 1) * blockBytes];
        block.encrypt(iv, 0, blockBytes, firstKeyBlock, 0);
        block.chainFrom(firstKeyBlock);
    }

    @Override
    void encipher(PacketBurst burst) {
        byte[] bytes = burst.bytes();
        int live = burst.count();
        reserve(live);
        for (int j = 0; j < live; j++) {
            at[j] = burst.offset(j);
            end[j] = burst.offset(j) + burst.length(j);
            System.arraycopy(firstKeyBlock, 0, keyRow, j * blockBytes, blockBytes);
        }
        while (live > 1) {
            live = sealToEndOfShortest(bytes, live);
        }
        if (live == 1) {
            sealLast(bytes, at[0], end[0] - at[0]);
        }
    }

    /** Side by side, to the end of the shortest packet; returns how many are left. */
    private int sealToEndOfShortest(byte[] bytes, int live) {
        int shortest = end[0] - at[0];
        for (int j = 1; j < live; j++) {
            shortest = Math.min(shortest, end[j] - at[j]);
        }
        int rowBytes = block.paddedBlocks(live) * blockBytes;
        int left = shortest;
        for (; left > blockBytes; left -= blockBytes) { // so long all have a whole block and bytes after it
            cipherRow(bytes, live);
            block.encrypt(cipherRow, 0, rowBytes, keyRow, 0);
        }
        return finish(bytes, live, left);
    }

    /** The rest of one packet, whose next key stream block is the first of {@link #keyRow}. */
    private void sealLast(byte[] bytes, int from, int length) {
        int first = Math.min(length, blockBytes);
        // The chain starts from the first key block of a packet; give it the difference to where this one is.
        for (int b = 0; b < first; b++) {
            bytes[from + b] ^= (byte) (keyRow[b] ^ firstKeyBlock[b]);
        }
        int chained = (length - 1) / blockBytes * blockBytes; // nothing follows the last block
        if (chained > 0) {
            block.encryptChained(bytes, from, chained, keyStream, 0);
            Xor.into(bytes, from + blockBytes, keyStream, 0, length - blockBytes);
        }
        Xor.into(bytes, from, firstKeyBlock, 0, first);
    }

    /** Enciphers one block of each packet and moves on; the blocks are collected for the next key stream. */
    private void cipherRow(byte[] bytes, int live) {
        if (blockBytes == 2 * Long.BYTES) {
            for (int j = 0, row = 0; j < live; j++, row += 2 * Long.BYTES) {
                int from = at[j];
                long c0 = (long) LONG.get(bytes, from) ^ (long) LONG.get(keyRow, row);
                long c1 = (long) LONG.get(bytes, from + Long.BYTES) ^ (long) LONG.get(keyRow, row + Long.BYTES);
                LONG.set(bytes, from, c0);
                LONG.set(bytes, from + Long.BYTES, c1);
                LONG.set(cipherRow, row, c0);
                LONG.set(cipherRow, row + Long.BYTES, c1);
                at[j] = from + 2 * Long.BYTES;
            }
        } else {
            for (int j = 0, row = 0; j < live; j++, row += Long.BYTES) {
                int from = at[j];
                long c = (long) LONG.get(bytes, from) ^ (long) LONG.get(keyRow, row);
                LONG.set(bytes, from, c);
                LONG.set(cipherRow, row, c);
                at[j] = from + Long.BYTES;
            }
        }
    }

    /** Enciphers the last {@code left} bytes of the packets that have no more; the others close ranks. */
    private int finish(byte[] bytes, int live, int left) {
        int goOn = 0;
        for (int j = 0; j < live; j++) {
            int row = j * blockBytes;
            if (end[j] - at[j] > left) {
                at[goOn] = at[j];
                end[goOn] = end[j];
                System.arraycopy(keyRow, row, keyRow, goOn * blockBytes, blockBytes);
                goOn++;
            } else {
                for (int b = 0; b < left; b++) {
                    bytes[at[j] + b] ^= keyRow[row + b];
                }
            }
        }
        return goOn;
    }

    private void reserve(int packets) {
        if (at.length < packets) {
            at = new int[packets];
            end = new int[packets];
            int rowBytes = mostBlocks(packets) * blockBytes;
            cipherRow = new byte[rowBytes];
            keyRow = new byte[rowBytes];
        }
    }

    /** Most blocks handed to one call for up to {@code blocks}. */
    private int mostBlocks(int blocks) {
        int most = 0;
        for (int i = 1; i <= blocks; i++) {
            most = Math.max(most, block.paddedBlocks(i));
        }
        return most;
    }

    @Override
    void decipher(byte[] packet, int offset, int length) {
        int blocks = (length - 1) / blockBytes;
        int padded = block.paddedBlocks(blocks); // the blocks added lie behind the packet, if there is room
        int taken = offset + padded * blockBytes <= packet.length ? padded : blocks;
        block.encrypt(packet, offset, taken * blockBytes, keyStream, 0);
        Xor.into(packet, offset, firstKeyBlock, 0, blockBytes);
        Xor.into(packet, offset + blockBytes, keyStream, 0, length - blockBytes);
    }
}
