package io.millrace.kcp.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Nonces cut from an AES-CTR key stream, whose key and counter come anew from {@link SecureRandom} every 16 KiB. */
final class AesCtrNonceSource implements NonceSource {
    private static final int KEY_BYTES = 16;

    private final SecureRandom random = new SecureRandom();
    private final Cipher cipher = Jce.cipher("AES/CTR/NoPadding");
    private final byte[] seed = new byte[2 * KEY_BYTES];
    private final byte[] zeros = new byte[16384];
    private final byte[] stream = new byte[zeros.length];
    private int used = stream.length;

    @Override
    public void fill(byte[] to, int offset, int length) {
        if (stream.length - used < length) {
            refill();
        }
        System.arraycopy(stream, used, to, offset, length);
        used += length;
    }

    private void refill() {
        random.nextBytes(seed);
        try {
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(seed, 0, KEY_BYTES, "AES"),
                    new IvParameterSpec(seed, KEY_BYTES, KEY_BYTES));
            cipher.doFinal(zeros, 0, zeros.length, stream, 0);
        } catch (GeneralSecurityException e) {
            throw Jce.failed(e);
        }
        Arrays.fill(seed, (byte) 0);
        used = 0;
    }
}
