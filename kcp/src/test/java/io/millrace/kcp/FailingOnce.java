package io.millrace.kcp;

import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.wire.PacketBurst;

/** A cipher that cannot seal its first burst. */
final class FailingOnce implements PacketCipher {
    static final String MESSAGE = "the first burst is not sealed";

    private final PacketCipher cipher;
    private boolean failed;

    FailingOnce(PacketCipher cipher) {
        this.cipher = cipher;
    }

    @Override
    public int headerBytes() {
        return cipher.headerBytes();
    }

    @Override
    public int trailerBytes() {
        return cipher.trailerBytes();
    }

    @Override
    public void seal(PacketBurst burst) {
        if (!failed) {
            failed = true;
            throw new IllegalStateException(MESSAGE);
        }
        cipher.seal(burst);
    }

    @Override
    public int open(byte[] packet, int offset, int length) {
        return cipher.open(packet, offset, length);
    }
}
