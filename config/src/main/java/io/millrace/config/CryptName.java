package io.millrace.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packet ciphers that can be configured. Names are case-sensitive, as upstream has them.
 *
 * <p>spec: tunnel 0.1
 */
public enum CryptName {
    AES_256("aes", 20),
    AES_192("aes-192", 20),
    AES_128("aes-128", 20),
    AES_128_GCM("aes-128-gcm", 28),
    /** No encryption, but nonce and checksum are still there. */
    NONE("none", 20),
    /** No crypt layer at all. */
    NULL("null", 0);

    /** What kcptun knows and Millrace will; moving a name up is all that configuration needs for a new cipher. */
    private static final List<String> NOT_SUPPORTED_YET =
            List.of("salsa20", "blowfish", "twofish", "cast5", "3des", "tea", "xtea", "sm4", "xor");

    private final String configName;
    private final int overheadBytes;

    CryptName(String configName, int overheadBytes) {
        this.configName = configName;
        this.overheadBytes = overheadBytes;
    }

    /** The name in flags and JSON, e.g. {@code aes-128}. */
    public String configName() {
        return configName;
    }

    /** Bytes this cipher adds to each packet (header and tag); they count towards the mtu. */
    public int overheadBytes() {
        return overheadBytes;
    }

    /** Whether the payload is readable on the wire. */
    public boolean isPlaintext() {
        return this == NONE || this == NULL;
    }

    static @Nullable CryptName named(String name) {
        for (CryptName crypt : values()) {
            if (crypt.configName.equals(name)) {
                return crypt;
            }
        }
        return null;
    }

    static boolean isNotSupportedYet(String name) {
        return NOT_SUPPORTED_YET.contains(name);
    }

    static List<String> names() {
        return Arrays.stream(values()).map(CryptName::configName).toList();
    }
}
