package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.LittleEndian;
import io.millrace.kcp.wire.PacketBurst;
import java.util.zip.CRC32;

/**
 * The header of all ciphers without a tag: nonce 16, CRC-32 of the body 4. spec: kcp 1.1
 */
final class PacketHeader {
    static final int BYTES = 20;

    private static final int NONCE_BYTES = 16;

    private final NonceSource nonces;
    private final CRC32 crc = new CRC32();

    PacketHeader(NonceSource nonces) {
        this.nonces = nonces;
    }

    /** Writes nonce and checksum of each packet, before it is enciphered. */
    void write(PacketBurst burst) {
        byte[] bytes = burst.bytes();
        for (int i = 0; i < burst.count(); i++) {
            int offset = burst.offset(i);
            int length = burst.length(i);
            requireLength(length, BYTES);
            nonces.fill(bytes, offset, NONCE_BYTES);
            LittleEndian.putInt(bytes, offset + NONCE_BYTES, checksum(bytes, offset, length));
        }
    }

    /** {@link PacketCipher#open} of a deciphered packet whose length was checked. */
    int verify(byte[] bytes, int offset, int length) {
        return LittleEndian.getInt(bytes, offset + NONCE_BYTES) == checksum(bytes, offset, length)
                ? offset + BYTES
                : PacketCipher.NOT_AUTHENTIC;
    }

    private int checksum(byte[] bytes, int offset, int length) {
        crc.reset();
        crc.update(bytes, offset + BYTES, length - BYTES);
        return (int) crc.getValue();
    }

    /** Refuses a packet to be sealed; its length is the caller's fault. */
    static void requireLength(int length, int minBytes) {
        if (length < minBytes || length > PacketCipher.MAX_PACKET_BYTES) {
            throw new IllegalArgumentException(
                    "packet of " + length + " bytes, allowed " + minBytes + ".." + PacketCipher.MAX_PACKET_BYTES);
        }
    }
}
