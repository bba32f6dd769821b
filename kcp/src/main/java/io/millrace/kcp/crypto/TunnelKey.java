package io.millrace.kcp.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The 32 bytes that every cipher takes its key from, derived from the pre-shared secret. Immutable; never prints itself.
 * spec: kcp 2.1
 */
public final class TunnelKey {
    /** Bytes of the derived key. */
    public static final int BYTES = 32;

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
        return new TunnelKey(Pbkdf2.hmacSha1(secret, SALT, ITERATIONS, BYTES));
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
}
