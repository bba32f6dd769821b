package io.millrace.kcp.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A block cipher of the JCE, which for AES uses the processor's instructions in both modes. */
final class JceBlockEncryptor implements BlockEncryptor {
    private static final int AES_BLOCK_BYTES = 16;

    private final SecretKeySpec key;
    private final Cipher ecb;
    private final Cipher cbc;

    /** @param algorithm as the JCE calls it, such as {@code AES} */
    JceBlockEncryptor(String algorithm, byte[] key) {
        this.key = new SecretKeySpec(key, algorithm);
        this.ecb = Jce.cipher(algorithm + "/ECB/NoPadding");
        this.cbc = Jce.cipher(algorithm + "/CBC/NoPadding");
        try {
            ecb.init(Cipher.ENCRYPT_MODE, this.key);
        } catch (GeneralSecurityException e) {
            throw Jce.failed(e);
        }
    }

    @Override
    public int blockBytes() {
        return ecb.getBlockSize();
    }

    @Override
    public int paddedBlocks(int blocks) {
        return blockBytes() == AES_BLOCK_BYTES ? WideAes.paddedBlocks(blocks) : blocks;
    }

    @Override
    public void encrypt(byte[] in, int inOffset, int bytes, byte[] out, int outOffset) {
        try {
            ecb.update(in, inOffset, bytes, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw Jce.failed(e);
        }
    }

    @Override
    public void chainFrom(byte[] iv) {
        try {
            cbc.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
        } catch (GeneralSecurityException e) {
            throw Jce.failed(e);
        }
    }

    @Override
    public void encryptChained(byte[] in, int inOffset, int bytes, byte[] out, int outOffset) {
        try {
            cbc.doFinal(in, inOffset, bytes, out, outOffset); // doFinal goes back to the IV of init, update would not
        } catch (GeneralSecurityException e) {
            throw Jce.failed(e);
        }
    }
}
