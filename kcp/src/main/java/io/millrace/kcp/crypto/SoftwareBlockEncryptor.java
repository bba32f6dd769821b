package io.millrace.kcp.crypto;

/** A block cipher that knows one block at a time, which is all that the primitives without hardware offer. */
abstract class SoftwareBlockEncryptor implements BlockEncryptor {
    private final int blockBytes;
    private final byte[] iv;
    private final byte[] work;

    SoftwareBlockEncryptor(int blockBytes) {
        this.blockBytes = blockBytes;
        this.iv = new byte[blockBytes];
        this.work = new byte[blockBytes];
    }

    /** Encrypts one block; {@code in} and {@code out} are different arrays. */
    abstract void encryptBlock(byte[] in, int inOffset, byte[] out, int outOffset);

    @Override
    public final int blockBytes() {
        return blockBytes;
    }

    @Override
    public final void encrypt(byte[] in, int inOffset, int bytes, byte[] out, int outOffset) {
        for (int i = 0; i < bytes; i += blockBytes) {
            encryptBlock(in, inOffset + i, out, outOffset + i);
        }
    }

    @Override
    public final void chainFrom(byte[] first) {
        System.arraycopy(first, 0, iv, 0, blockBytes);
    }

    @Override
    public final void encryptChained(byte[] in, int inOffset, int bytes, byte[] out, int outOffset) {
        byte[] chain = iv;
        int chainOffset = 0;
        for (int i = 0; i < bytes; i += blockBytes) {
            System.arraycopy(in, inOffset + i, work, 0, blockBytes);
            Xor.into(work, 0, chain, chainOffset, blockBytes);
            encryptBlock(work, 0, out, outOffset + i);
            chain = out;
            chainOffset = outOffset + i;
        }
    }
}
