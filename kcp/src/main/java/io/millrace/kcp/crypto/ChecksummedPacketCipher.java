package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.PacketBurst;

/** What the ciphers without a tag share: nonce and checksum in front of the body, all of it enciphered. spec: kcp 1.1 */
abstract class ChecksummedPacketCipher implements PacketCipher {
    private final PacketHeader header;

    ChecksummedPacketCipher(NonceSource nonces) {
        this.header = new PacketHeader(nonces);
    }

    /** Enciphers whole packets, their headers written. */
    abstract void encipher(PacketBurst burst);

    /** Deciphers a whole packet of {@link PacketHeader#BYTES} to {@link #MAX_PACKET_BYTES}. */
    abstract void decipher(byte[] packet, int offset, int length);

    @Override
    public final int headerBytes() {
        return PacketHeader.BYTES;
    }

    @Override
    public final int trailerBytes() {
        return 0;
    }

    @Override
    public final void seal(PacketBurst burst) {
        header.write(burst);
        encipher(burst);
    }

    @Override
    public final int open(byte[] packet, int offset, int length) {
        if (length < PacketHeader.BYTES) {
            return TOO_SHORT;
        }
        if (length > MAX_PACKET_BYTES) {
            return TOO_LONG;
        }
        decipher(packet, offset, length);
        return header.verify(packet, offset, length);
    }
}
