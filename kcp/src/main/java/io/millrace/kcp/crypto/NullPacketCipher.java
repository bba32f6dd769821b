package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.PacketBurst;

/** Crypt {@code null}: no header at all, the packet is its body. spec: kcp 1.2 */
final class NullPacketCipher implements PacketCipher {
    @Override
    public int headerBytes() {
        return 0;
    }

    @Override
    public int trailerBytes() {
        return 0;
    }

    @Override
    public void seal(PacketBurst burst) {
        for (int i = 0; i < burst.count(); i++) {
            PacketHeader.requireLength(burst.length(i), 0);
        }
    }

    @Override
    public int open(byte[] packet, int offset, int length) {
        return length > MAX_PACKET_BYTES ? TOO_LONG : offset;
    }
}
