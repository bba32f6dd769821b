package io.millrace.kcp.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Exclusive or of byte ranges, eight bytes at a time. */
final class Xor {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Xor() {}

    /** {@code to[toOffset..] ^= with[withOffset..]}, {@code length} bytes. */
    static void into(byte[] to, int toOffset, byte[] with, int withOffset, int length) {
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            LONG.set(to, toOffset + i, (long) LONG.get(to, toOffset + i) ^ (long) LONG.get(with, withOffset + i));
        }
        for (; i < length; i++) {
            to[toOffset + i] ^= with[withOffset + i];
        }
    }
}
