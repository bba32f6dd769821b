package io.millrace.tunnel.compression;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Puts outbound bytes into snappy chunks. spec: tunnel 5.1, 5.2 */
public final class SnappyEncoder extends ChunkEncoder {
    private boolean started;

    /** An encoder at the start of its stream. */
    public SnappyEncoder() {}

    @Override
    ByteBuf encode(ByteBufAllocator allocator, CompressionScratch scratch, int length) {
        int blockBytes = SnappyBlock.compress(scratch.plain, length, scratch.block, scratch.table);
        boolean compressed = blockBytes != SnappyBlock.NOT_WORTH_IT;
        int bodyBytes = SnappyFrame.CHECKSUM_BYTES + (compressed ? blockBytes : length);
        byte[] identifier = started ? null : SnappyFrame.identifier();
        ByteBuf chunk =
                allocator.ioBuffer((identifier == null ? 0 : identifier.length) + SnappyFrame.HEADER_BYTES + bodyBytes);
        if (identifier != null) {
            chunk.writeBytes(identifier);
            started = true;
        }
        chunk.writeByte(compressed ? SnappyFrame.TYPE_COMPRESSED : SnappyFrame.TYPE_UNCOMPRESSED);
        chunk.writeMediumLE(bodyBytes);
        chunk.writeIntLE(SnappyFrame.maskedChecksum(scratch.crc, scratch.plain, 0, length));
        chunk.writeBytes(compressed ? scratch.block : scratch.plain, 0, bodyBytes - SnappyFrame.CHECKSUM_BYTES);
        return chunk;
    }
}
