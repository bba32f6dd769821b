package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.PacketBurst;

/** Crypt {@code none}: nothing is enciphered, but the header is there and its checksum checked. spec: kcp 1.2 */
final class PlainPacketCipher implements PacketCipher {
    private final PacketHeader header;

    PlainPacketCipher(NonceSource nonces) {
        this.header = new PacketHeader(nonces);
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
    }

    @Override
    public int open(byte[] packet, int offset, int length) {
        if (length < PacketHeader.BYTES) {
            return TOO_SHORT;
        }
        if (length > MAX_PACKET_BYTES) {
            return TOO_LONG;
        }
        return header.verify(packet, offset, length);
    }
}
