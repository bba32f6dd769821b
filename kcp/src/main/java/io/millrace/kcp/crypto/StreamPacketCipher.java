package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.PacketBurst;

/** Header and checksum, and a stream cipher over all of it. spec: kcp 1.1, 1.2, 2.4, 2.5 */
final class StreamPacketCipher extends ChecksummedPacketCipher {
    private final StreamCipher cipher;

    StreamPacketCipher(StreamCipher cipher, NonceSource nonces) {
        super(nonces);
        this.cipher = cipher;
    }

    @Override
    void encipher(PacketBurst burst) {
        byte[] bytes = burst.bytes();
        for (int i = 0; i < burst.count(); i++) {
            cipher.apply(bytes, burst.offset(i), burst.length(i));
        }
    }

    @Override
    void decipher(byte[] packet, int offset, int length) {
        cipher.apply(packet, offset, length);
    }
}
