package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.PacketBurst;

/** Header and checksum, and a stream cipher over all of it. spec: kcp 1.1, 1.2, 2.4, 2.5 */
final class StreamPacketCipher implements PacketCipher {
    private final StreamCipher cipher;
    private final PacketHeader header;

    StreamPacketCipher(StreamCipher cipher, NonceSource nonces) {
        this.cipher = cipher;
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
        byte[] bytes = burst.bytes();
        for (int i = 0; i < burst.count(); i++) {
            cipher.apply(bytes, burst.offset(i), burst.length(i));
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
        cipher.apply(packet, offset, length);
        return header.verify(packet, offset, length);
    }
}
