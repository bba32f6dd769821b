package io.millrace.kcp.crypto;

/**
 * The forward direction of a block cipher with its key; all that CFB needs. One thread. spec: kcp 2.2
 */
interface BlockEncryptor {
    /** 8 or 16. */
    int blockBytes();

    /**
     * Encrypts blocks independently of each other (ECB).
     *
     * @param bytes a multiple of the block size
     */
    void encrypt(byte[] in, int inOffset, int bytes, byte[] out, int outOffset);

    /**
     * How many blocks to hand to one {@link #encrypt} in place of {@code blocks}, because it then takes less time.
     *
     * @return {@code blocks} or more; what is in the blocks added does not matter
     */
    default int paddedBlocks(int blocks) {
        return blocks;
    }

    /**
     * Encrypts blocks in a chain (CBC), starting from {@link #chainFrom}.
     *
     * @param bytes a multiple of the block size
     */
    void encryptChained(byte[] in, int inOffset, int bytes, byte[] out, int outOffset);

    /** Sets the block that every later chain starts from. Called once, before the first chain. */
    void chainFrom(byte[] iv);
}
