package io.millrace.tunnel.compression;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The LZ4 frame format as far as a session uses it: one frame without end, of independent blocks of up to 64 KiB, each
 * with its checksum. A block is 4 bytes of length (highest bit: not compressed), the data, and 4 bytes of xxHash32 over
 * these, all little-endian.
 *
 * <p>Both directions are on when a session uses it: there is no negotiation. kcptun does not know it.
 */
final class Lz4Frame {
    /** The first byte of the frame's magic; the other formats that a session can begin with have others. */
    static final int FIRST_BYTE = 0x04;

    static final int LENGTH_BYTES = 4;
    static final int CHECKSUM_BYTES = 4;
    static final int UNCOMPRESSED = 0x8000_0000;

    /** Room for the worst block of {@link CompressionScratch#MAX_DATA_BYTES}. */
    static final int MAX_BLOCK_BYTES = CompressionScratch.MAX_DATA_BYTES;

    private static final byte VERSION_1_INDEPENDENT_WITH_CHECKSUMS = 0x70;
    private static final byte BLOCKS_OF_64_KIB = 0x40;

    /** In plain Java: it reads bytes from the network. */
    static final LZ4SafeDecompressor DECOMPRESSOR = LZ4Factory.safeInstance().safeDecompressor();

    static final LZ4Compressor COMPRESSOR = compressor();
    private static final XXHash32 HASH = XXHashFactory.safeInstance().hash32();

    private static final byte[] HEADER = makeHeader();

    private Lz4Frame() {}

    /** The frame header; a fresh array. */
    static byte[] header() {
        return HEADER.clone();
    }

    /** The checksum of a block's {@code length} bytes from {@code offset}, as they are on the wire. */
    static int checksum(byte[] block, int offset, int length) {
        return HASH.hash(block, offset, length, 0);
    }

    /** The native one allocates nothing; the one in Java makes a table of 16 KiB for each block. */
    private static LZ4Compressor compressor() {
        try {
            return LZ4Factory.nativeInstance().fastCompressor();
        } catch (LinkageError | RuntimeException notForThisSystem) {
            return LZ4Factory.safeInstance().fastCompressor();
        }
    }

    private static byte[] makeHeader() {
        byte[] header = {0x04, 0x22, 0x4d, 0x18, VERSION_1_INDEPENDENT_WITH_CHECKSUMS, BLOCKS_OF_64_KIB, 0};
        header[6] = (byte) (HASH.hash(header, 4, 2, 0) >>> 8);
        return header;
    }
}
