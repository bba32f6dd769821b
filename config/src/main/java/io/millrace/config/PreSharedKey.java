package io.millrace.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The pre-shared secret: the raw bytes the tunnel key is derived from (spec: tunnel 0.1). Its text form is masked, so that
 * it can stand in records that are logged.
 */
public final class PreSharedKey {

    /** What kcptun uses when no key is given; public knowledge, hence no secret. The misspelling is part of it. */
    static final String DEFAULT_TEXT = "it's a secrect";

    private final byte[] bytes;

    private PreSharedKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The key whose bytes are the UTF-8 form of {@code text}; an empty text is legal. */
    public static PreSharedKey of(String text) {
        return new PreSharedKey(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A copy of the secret bytes; may be empty. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Whether the key has no bytes at all. */
    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** Whether this is the key everybody knows. */
    public boolean isDefault() {
        return equals(of(DEFAULT_TEXT));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PreSharedKey that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Always {@code ***}. */
    @Override
    public String toString() {
        return "***";
    }
}
