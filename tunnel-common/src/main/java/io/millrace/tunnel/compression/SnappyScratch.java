package io.millrace.tunnel.compression;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.zip.CRC32C;

/** Work memory of the codec, one per thread and not per session: nothing in it outlives a single call. */
final class SnappyScratch {
    private static final FastThreadLocal<SnappyScratch> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected SnappyScratch initialValue() {
            return new SnappyScratch();
        }
    };

    /** Uncompressed bytes of one chunk. */
    final byte[] plain = new byte[SnappyFrame.MAX_DATA_BYTES];

    /** One block. */
    final byte[] block = new byte[SnappyFrame.MAX_BODY_BYTES];

    /** Match positions for {@link SnappyBlock#compress}. */
    final short[] table = new short[SnappyBlock.MAX_TABLE_ENTRIES];

    final CRC32C crc = new CRC32C();

    private SnappyScratch() {}

    static SnappyScratch get() {
        return OF_THREAD.get();
    }
}
