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
 * <p>Opening knows all C(i), so its key stream is one independent pass. Sealing is a chain: several packets advance side
 * by side, block i of all in one pass; few packets go one by one through CBC, whose output over the plain text is the
 * key stream: E(P(i) xor K(i)) = E(C(i)).
 */
final class CfbPacketCipher implements PacketCipher {
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
    /** From so many packets on, side by side beats one by one (measured with AES). */
    private static final int SIDE_BY_SIDE_PACKETS = 4;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final BlockEncryptor block;
    private final int blockBytes;
    private final PacketHeader header;
    private final byte[] firstKeyBlock;
    private final byte[] keyStream = new byte[MAX_PACKET_BYTES];

    // Side by side: the packets still running, block i of each, and its key stream.
    private int[] running = new int[0];
    private byte[] cipherRow = new byte[0];
    private byte[] keyRow = new byte[0];

    CfbPacketCipher(BlockEncryptor block, NonceSource nonces) {
        this.block = block;
        this.blockBytes = block.blockBytes();
        this.header = new PacketHeader(nonces);
        byte[] iv = Arrays.copyOf(IV, blockBytes);
        this.firstKeyBlock = new byte[blockBytes];
        block.encrypt(iv, 0, blockBytes, firstKeyBlock, 0);
        block.chainFrom(firstKeyBlock);
    }

    @Override
    public int headerBytes() {
        return PacketHeader.BYTES;
    }

    @Override
    public int trailerBytes() {
        return 0;
    }

    @Override
    public void seal(PacketBurst burst) {
        header.write(burst);
        if (burst.count() >= SIDE_BY_SIDE_PACKETS) {
            sealSideBySide(burst);
        } else {
            for (int i = 0; i < burst.count(); i++) {
                sealAlone(burst.bytes(), burst.offset(i), burst.length(i));
            }
        }
    }

    private void sealAlone(byte[] packet, int offset, int length) {
        int tail = length - blockBytes;
        if (tail > 0) {
            // Of the blocks before the last one; the last one's successor is not needed.
            int chained = (length - 1) / blockBytes * blockBytes;
            block.encryptChained(packet, offset, chained, keyStream, 0);
            xor(packet, offset + blockBytes, keyStream, tail);
        }
        xor(packet, offset, firstKeyBlock, Math.min(length, blockBytes));
    }

    private void sealSideBySide(PacketBurst burst) {
        byte[] bytes = burst.bytes();
        int live = burst.count();
        reserve(live);
        for (int j = 0; j < live; j++) {
            running[j] = j;
            System.arraycopy(firstKeyBlock, 0, keyRow, j * blockBytes, blockBytes);
        }
        for (int at = 0; live > 0; at += blockBytes) {
            int goOn = 0;
            for (int j = 0; j < live; j++) {
                int packet = running[j];
                int offset = burst.offset(packet) + at;
                int left = burst.length(packet) - at;
                if (left > blockBytes) {
                    int key = j * blockBytes;
                    int row = goOn * blockBytes;
                    for (int b = 0; b < blockBytes; b += Long.BYTES) {
                        long c = (long) LONG.get(bytes, offset + b) ^ (long) LONG.get(keyRow, key + b);
                        LONG.set(bytes, offset + b, c);
                        LONG.set(cipherRow, row + b, c);
                    }
                    running[goOn++] = packet;
                } else {
                    for (int b = 0; b < left; b++) {
                        bytes[offset + b] ^= keyRow[j * blockBytes + b];
                    }
                }
            }
            live = goOn;
            if (live > 0) {
                block.encrypt(cipherRow, 0, live * blockBytes, keyRow, 0);
            }
        }
    }

    private void reserve(int packets) {
        if (running.length < packets) {
            running = new int[packets];
            cipherRow = new byte[packets * blockBytes];
            keyRow = new byte[packets * blockBytes];
        }
    }

    @Override
    public int open(byte[] packet, int offset, int length) {
        if (length < PacketHeader.BYTES) {
            return TOO_SHORT;
        }
        if (length > MAX_PACKET_BYTES) {
            return TOO_LONG;
        }
        int before = (length - 1) / blockBytes * blockBytes;
        block.encrypt(packet, offset, before, keyStream, 0);
        xor(packet, offset, firstKeyBlock, blockBytes);
        xor(packet, offset + blockBytes, keyStream, length - blockBytes);
        return header.verify(packet, offset, length);
    }

    /** {@code to[offset..] ^= with[0..]}, {@code length} bytes. */
    private static void xor(byte[] to, int offset, byte[] with, int length) {
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            LONG.set(to, offset + i, (long) LONG.get(to, offset + i) ^ (long) LONG.get(with, i));
        }
        for (; i < length; i++) {
            to[offset + i] ^= with[i];
        }
    }
}
