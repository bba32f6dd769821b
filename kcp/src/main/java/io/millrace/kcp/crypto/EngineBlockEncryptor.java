package io.millrace.kcp.crypto;

import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;

/** A block cipher of Bouncy Castle's. */
final class EngineBlockEncryptor extends SoftwareBlockEncryptor {
    private final BlockCipher engine;

    EngineBlockEncryptor(BlockCipher engine, byte[] key) {
        super(engine.getBlockSize());
        this.engine = engine;
        engine.init(true, new KeyParameter(key));
    }

    @Override
    void encryptBlock(byte[] in, int inOffset, byte[] out, int outOffset) {
        engine.processBlock(in, inOffset, out, outOffset);
    }
}
