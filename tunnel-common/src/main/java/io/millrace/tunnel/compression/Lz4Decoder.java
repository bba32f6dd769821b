package io.millrace.tunnel.compression;

import io.millrace.tunnel.compression.Lz4FormatException.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import net.jpountz.lz4.LZ4Exception;
import org.jspecify.annotations.Nullable;

/** Takes the blocks of {@link Lz4Frame} apart; an incomplete one has at most 65544 bytes. */
public final class Lz4Decoder extends ChunkDecoder {
    private boolean started;

    /** A decoder at the start of its stream. */
    public Lz4Decoder() {}

    @Override
    @Nullable
    ByteBuf nextChunk(ByteBufAllocator allocator, ByteBuf in) {
        if (!started) {
            header(in);
            return null;
        }
        if (in.readableBytes() < Lz4Frame.LENGTH_BYTES) {
            return null;
        }
        int start = in.readerIndex();
        int length = in.getIntLE(start);
        boolean compressed = (length & Lz4Frame.UNCOMPRESSED) == 0;
        int blockBytes = length & ~Lz4Frame.UNCOMPRESSED;
        if (blockBytes > Lz4Frame.MAX_BLOCK_BYTES) {
            throw new Lz4FormatException(
                    Reason.BLOCK_TOO_LONG,
                    "a block of " + blockBytes + " bytes, at most " + Lz4Frame.MAX_BLOCK_BYTES + " are allowed");
        }
        if (blockBytes == 0) {
            throw new Lz4FormatException(Reason.EMPTY_BLOCK, "an empty block");
        }
        int block = start + Lz4Frame.LENGTH_BYTES;
        if (in.writerIndex() - block < blockBytes + Lz4Frame.CHECKSUM_BYTES) {
            return null;
        }
        CompressionScratch scratch = CompressionScratch.get();
        in.getBytes(block, scratch.block, 0, blockBytes);
        int checksum = in.getIntLE(block + blockBytes);
        int actual = Lz4Frame.checksum(scratch.block, 0, blockBytes);
        if (actual != checksum) {
            throw new Lz4FormatException(
                    Reason.BAD_CHECKSUM, String.format("checksum 0x%08x instead of 0x%08x", checksum, actual));
        }
        in.readerIndex(block + blockBytes + Lz4Frame.CHECKSUM_BYTES);
        if (!compressed) {
            return in.retainedSlice(block, blockBytes);
        }
        int plainBytes = decompress(scratch, blockBytes);
        return plainBytes == 0 ? null : allocator.ioBuffer(plainBytes).writeBytes(scratch.plain, 0, plainBytes);
    }

    private static int decompress(CompressionScratch scratch, int blockBytes) {
        try {
            return Lz4Frame.DECOMPRESSOR.decompress(
                    scratch.block, 0, blockBytes, scratch.plain, 0, CompressionScratch.MAX_DATA_BYTES);
        } catch (LZ4Exception | IndexOutOfBoundsException corrupt) {
            throw new Lz4FormatException(Reason.BAD_BLOCK, "corrupt block: " + corrupt.getMessage());
        }
    }

    /** Takes the header when all of it is there; refuses it at the first wrong byte. */
    private void header(ByteBuf in) {
        byte[] expected = Lz4Frame.header();
        int start = in.readerIndex();
        for (int i = 0; i < Math.min(expected.length, in.readableBytes()); i++) {
            if (in.getByte(start + i) != expected[i]) {
                throw new Lz4FormatException(
                        Reason.BAD_HEADER,
                        String.format(
                                "byte %d of the peer's stream is 0x%02x instead of 0x%02x;"
                                        + " check that comp is the same at both ends",
                                i, in.getUnsignedByte(start + i), expected[i] & 0xff));
            }
        }
        if (in.readableBytes() >= expected.length) {
            in.skipBytes(expected.length);
            started = true;
        }
    }

    @Override
    boolean insideChunk() {
        return false;
    }

    @Override
    CompressionFormatException truncated() {
        return new Lz4FormatException(Reason.TRUNCATED, "the stream ended inside a block");
    }
}
