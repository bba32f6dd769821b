package io.millrace.kcp.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * TEA with 8 cycles instead of the usual 32, which is what the protocol has and no library offers. Words are big-endian.
 * spec: kcp 2.2
 */
final class TeaBlockEncryptor extends SoftwareBlockEncryptor {
    private static final int BLOCK_BYTES = 8;
    private static final int CYCLES = 8;
    private static final int DELTA = 0x9e3779b9;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final int k0;
    private final int k1;
    private final int k2;
    private final int k3;

    /** @param key 16 bytes */
    TeaBlockEncryptor(byte[] key) {
        super(BLOCK_BYTES);
        k0 = (int) INT.get(key, 0);
        k1 = (int) INT.get(key, 4);
        k2 = (int) INT.get(key, 8);
        k3 = (int) INT.get(key, 12);
    }

    @Override
    void encryptBlock(byte[] in, int inOffset, byte[] out, int outOffset) {
        int v0 = (int) INT.get(in, inOffset);
        int v1 = (int) INT.get(in, inOffset + Integer.BYTES);
        int sum = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            sum += DELTA;
            v0 += ((v1 << 4) + k0) ^ (v1 + sum) ^ ((v1 >>> 5) + k1);
            v1 += ((v0 << 4) + k2) ^ (v0 + sum) ^ ((v0 >>> 5) + k3);
        }
        INT.set(out, outOffset, v0);
        INT.set(out, outOffset + Integer.BYTES, v1);
    }
}
