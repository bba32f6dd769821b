package io.millrace.tunnel.compression;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.zip.CRC32C;

/** Work memory of the codecs, one per thread and not per session: nothing in it outlives a single call. */
final class CompressionScratch {
    /** The most uncompressed bytes in one chunk, in either format. */
    static final int MAX_DATA_BYTES = 65536;

    private static final FastThreadLocal<CompressionScratch> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected CompressionScratch initialValue() {
            return new CompressionScratch();
        }
    };

    /** Uncompressed bytes of one chunk. */
    final byte[] plain = new byte[MAX_DATA_BYTES];

    /** One block; the largest of snappy is larger than that of LZ4. */
    final byte[] block = new byte[SnappyFrame.MAX_BODY_BYTES];

    /** Match positions for {@link SnappyBlock#compress}. */
    final short[] table = new short[SnappyBlock.MAX_TABLE_ENTRIES];

    final CRC32C crc = new CRC32C();

    private CompressionScratch() {}

    static CompressionScratch get() {
        return OF_THREAD.get();
    }
}
