package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.PacketBurst;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-GCM: nonce 12, body, tag 16, no associated data. The nonces of one key are random and must stay below 2^32
 * packets. The JCE takes each nonce as an object; that and its own are what a packet allocates. spec: kcp 1.3, 6.1
 */
final class GcmPacketCipher implements PacketCipher {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final SecretKeySpec key;
    private final NonceSource nonces;
    private final Cipher sealing = Jce.cipher("AES/GCM/NoPadding");
    private final Cipher opening = Jce.cipher("AES/GCM/NoPadding");

    GcmPacketCipher(byte[] key, NonceSource nonces) {
        this.key = new SecretKeySpec(key, "AES");
        this.nonces = nonces;
    }

    @Override
    public int headerBytes() {
        return NONCE_BYTES;
    }

    @Override
    public int trailerBytes() {
        return TAG_BYTES;
    }

    @Override
    public void seal(PacketBurst burst) {
        byte[] bytes = burst.bytes();
        for (int i = 0; i < burst.count(); i++) {
            int offset = burst.offset(i);
            int length = burst.length(i);
            PacketHeader.requireLength(length, NONCE_BYTES + TAG_BYTES);
            nonces.fill(bytes, offset, NONCE_BYTES);
            int body = offset + NONCE_BYTES;
            try {
                sealing.init(Cipher.ENCRYPT_MODE, key, parameters(bytes, offset));
                sealing.doFinal(bytes, body, length - NONCE_BYTES - TAG_BYTES, bytes, body);
            } catch (GeneralSecurityException e) {
                throw Jce.failed(e);
            }
        }
    }

    @Override
    public int open(byte[] packet, int offset, int length) {
        if (length < NONCE_BYTES + TAG_BYTES) {
            return TOO_SHORT;
        }
        if (length > MAX_PACKET_BYTES) {
            return TOO_LONG;
        }
        int body = offset + NONCE_BYTES;
        try {
            opening.init(Cipher.DECRYPT_MODE, key, parameters(packet, offset));
            opening.doFinal(packet, body, length - NONCE_BYTES, packet, body);
            return body;
        } catch (AEADBadTagException e) {
            return NOT_AUTHENTIC;
        } catch (GeneralSecurityException e) {
            throw Jce.failed(e);
        }
    }

    private static GCMParameterSpec parameters(byte[] packet, int offset) {
        return new GCMParameterSpec(8 * TAG_BYTES, packet, offset, NONCE_BYTES);
    }
}
