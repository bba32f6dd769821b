package io.millrace.tunnel.compression;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Puts outbound bytes into LZ4 blocks, in the form of {@link Lz4Frame}. */
public final class Lz4Encoder extends ChunkEncoder {
    /** Shorter ones do not get smaller. */
    private static final int MIN_COMPRESSIBLE_BYTES = 17;

    private boolean started;

    /** An encoder at the start of its stream. */
    public Lz4Encoder() {}

    @Override
    ByteBuf encode(ByteBufAllocator allocator, CompressionScratch scratch, int length) {
        int blockBytes = length < MIN_COMPRESSIBLE_BYTES
                ? length
                : Lz4Frame.COMPRESSOR.compress(scratch.plain, 0, length, scratch.block, 0, scratch.block.length);
        boolean compressed = blockBytes < length - length / 8;
        byte[] block = compressed ? scratch.block : scratch.plain;
        if (!compressed) {
            blockBytes = length;
        }
        byte[] header = started ? null : Lz4Frame.header();
        ByteBuf chunk = allocator.ioBuffer(
                (header == null ? 0 : header.length) + Lz4Frame.LENGTH_BYTES + blockBytes + Lz4Frame.CHECKSUM_BYTES);
        if (header != null) {
            chunk.writeBytes(header);
            started = true;
        }
        chunk.writeIntLE(compressed ? blockBytes : blockBytes | Lz4Frame.UNCOMPRESSED);
        chunk.writeBytes(block, 0, blockBytes);
        chunk.writeIntLE(Lz4Frame.checksum(block, 0, blockBytes));
        return chunk;
    }
}
