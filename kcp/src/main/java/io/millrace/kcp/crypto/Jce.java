package io.millrace.kcp.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;

/** The checked exceptions of the JCE, which mean a broken runtime here: algorithms, keys and lengths are our own. */
final class Jce {
    private Jce() {}

    static Cipher cipher(String transformation) {
        try {
            return Cipher.getInstance(transformation);
        } catch (GeneralSecurityException e) {
            throw failed(e);
        }
    }

    static IllegalStateException failed(GeneralSecurityException e) {
        return new IllegalStateException("this Java runtime's cryptography failed", e);
    }
}
