package io.millrace.kcp.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 32 bytes that every cipher takes its key from, derived from the pre-shared secret. Immutable; never prints itself.
 * spec: kcp 2.1
 */
public final class TunnelKey {
    /** Bytes of the derived key. */
    public static final int BYTES = 32;

    private static final String MAC = "HmacSHA1";
    private static final byte[] SALT = "kcp-go".getBytes(StandardCharsets.US_ASCII);
    private static final int ITERATIONS = 4096;

    private final byte[] derived;

    private TunnelKey(byte[] derived) {
        this.derived = derived;
    }

    /** Derives the key from {@code secret}, which may be empty. Takes tens of milliseconds: once per process. */
    public static TunnelKey derive(String secret) {
        return derive(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #derive(String)}, from the secret's bytes. */
    public static TunnelKey derive(byte[] secret) {
        return new TunnelKey(pbkdf2(secret, SALT, ITERATIONS, BYTES));
    }

    /**
     * The first {@code bytes} bytes, as a copy.
     *
     * @throws IllegalArgumentException outside 1..32
     */
    public byte[] prefix(int bytes) {
        if (bytes < 1 || bytes > BYTES) {
            throw new IllegalArgumentException("key of " + bytes + " bytes, allowed 1.." + BYTES);
        }
        return Arrays.copyOf(derived, bytes);
    }

    @Override
    public String toString() {
        return "TunnelKey[masked]";
    }

    /**
     * PBKDF2-HMAC-SHA1 on raw bytes. The JCE's own takes chars only; by its Mac this starts twice as fast in a cold JVM
     * as Bouncy Castle's generator (65 against 170 ms).
     */
    static byte[] pbkdf2(byte[] password, byte[] salt, int iterations, int keyBytes) {
        // SecretKeySpec refuses an empty key; HMAC pads with zeros, so one zero byte is the same key. spec: kcp 2.6
        byte[] macKey = password.length == 0 ? new byte[1] : password;
        byte[] key = new byte[keyBytes];
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(macKey, MAC));
            int macBytes = mac.getMacLength();
            byte[] u = new byte[macBytes];
            byte[] sum = new byte[macBytes];
            for (int block = 1, at = 0; at < keyBytes; block++, at += macBytes) {
                mac.update(salt);
                mac.update(
                        new byte[] {(byte) (block >>> 24), (byte) (block >>> 16), (byte) (block >>> 8), (byte) block});
                mac.doFinal(u, 0);
                System.arraycopy(u, 0, sum, 0, macBytes);
                for (int i = 1; i < iterations; i++) {
                    mac.update(u);
                    mac.doFinal(u, 0);
                    for (int b = 0; b < macBytes; b++) {
                        sum[b] ^= u[b];
                    }
                }
                System.arraycopy(sum, 0, key, at, Math.min(macBytes, keyBytes - at));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks " + MAC, e);
        }
        return key;
    }
}
