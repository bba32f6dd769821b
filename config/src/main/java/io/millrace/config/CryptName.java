package io.millrace.config;

/**
 * Packet ciphers that can be configured. Names are case-sensitive, as upstream has them.
 *
 * <p>spec: tunnel 0.1
 */
public enum CryptName implements Named {
    AES_256("aes", 20),
    AES_128("aes-128", 20),
    AES_192("aes-192", 20),
    AES_128_GCM("aes-128-gcm", 28),
    SALSA20("salsa20", 20),
    TWOFISH("twofish", 20),
    SM4("sm4", 20),
    BLOWFISH("blowfish", 20),
    CAST5("cast5", 20),
    TRIPLE_DES("3des", 20),
    XTEA("xtea", 20),
    /** With 8 cycles instead of the usual 32. */
    TEA("tea", 20),
    /** The same table over every packet. */
    XOR("xor", 20),
    /** No encryption, but nonce and checksum are still there. */
    NONE("none", 20),
    /** No crypt layer at all. */
    NULL("null", 0);

    private final String configName;
    private final int overheadBytes;

    CryptName(String configName, int overheadBytes) {
        this.configName = configName;
        this.overheadBytes = overheadBytes;
    }

    @Override
    public String configName() {
        return configName;
    }

    /** Bytes this cipher adds to each packet (header and tag); they count towards the mtu. */
    public int overheadBytes() {
        return overheadBytes;
    }
}
