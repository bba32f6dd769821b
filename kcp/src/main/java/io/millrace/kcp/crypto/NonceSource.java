package io.millrace.kcp.crypto;

/** Where nonces come from. One thread. */
@FunctionalInterface
public interface NonceSource {
    /** Fills {@code length} bytes of {@code to} from {@code offset} with a nonce never given before. */
    void fill(byte[] to, int offset, int length);

    /** Unpredictable nonces at the price of a copy. */
    static NonceSource secure() {
        return new AesCtrNonceSource();
    }
}
