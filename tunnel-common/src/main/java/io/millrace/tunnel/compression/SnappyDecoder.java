package io.millrace.tunnel.compression;

import io.millrace.tunnel.compression.SnappyFormatException.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Takes snappy chunks apart; an incomplete one has at most 76498 bytes. spec: tunnel 5.1, 5.3 */
public final class SnappyDecoder extends ChunkDecoder {
    private int skipBytes;
    private boolean started;

    /** A decoder at the start of its stream. */
    public SnappyDecoder() {}

    @Override
    boolean insideChunk() {
        return skipBytes > 0;
    }

    @Override
    CompressionFormatException truncated() {
        return new SnappyFormatException(Reason.TRUNCATED, "the stream ended inside a chunk");
    }

    @Override
    @Nullable
    ByteBuf nextChunk(ByteBufAllocator allocator, ByteBuf in) {
        if (skipBytes > 0) {
            int n = Math.min(skipBytes, in.readableBytes());
            in.skipBytes(n);
            skipBytes -= n;
            return null;
        }
        int start = in.readerIndex();
        if (!started && in.isReadable() && in.getUnsignedByte(start) != SnappyFrame.TYPE_IDENTIFIER) {
            throw new SnappyFormatException(
                    Reason.NO_IDENTIFIER,
                    String.format(
                            "the peer's stream starts with 0x%02x and not with the snappy identifier;"
                                    + " check that nocomp is the same at both ends",
                            in.getUnsignedByte(start)));
        }
        if (in.readableBytes() < SnappyFrame.HEADER_BYTES) {
            return null;
        }
        int type = in.getUnsignedByte(start);
        int bodyBytes = in.getUnsignedMediumLE(start + 1);
        if (bodyBytes > SnappyFrame.MAX_BODY_BYTES) {
            throw new SnappyFormatException(
                    Reason.CHUNK_TOO_LONG,
                    "a chunk of " + bodyBytes + " bytes, at most " + SnappyFrame.MAX_BODY_BYTES + " are allowed");
        }
        int body = start + SnappyFrame.HEADER_BYTES;
        switch (type) {
            case SnappyFrame.TYPE_IDENTIFIER -> {
                return identifier(in, body, bodyBytes);
            }
            case SnappyFrame.TYPE_COMPRESSED, SnappyFrame.TYPE_UNCOMPRESSED -> {
                return data(allocator, in, type, body, bodyBytes);
            }
            default -> {
                if (type < SnappyFrame.TYPE_FIRST_SKIPPABLE) {
                    throw new SnappyFormatException(
                            Reason.RESERVED_CHUNK, String.format("a chunk of the reserved type 0x%02x", type));
                }
                in.readerIndex(body);
                skipBytes = bodyBytes;
                return null;
            }
        }
    }

    private @Nullable ByteBuf identifier(ByteBuf in, int body, int bodyBytes) {
        byte[] expected = SnappyFrame.identifier();
        int expectedBytes = expected.length - SnappyFrame.HEADER_BYTES;
        if (bodyBytes != expectedBytes) {
            throw new SnappyFormatException(
                    Reason.BAD_IDENTIFIER,
                    "an identifier of " + bodyBytes + " bytes instead of " + expectedBytes
                            + (started ? "" : "; check that nocomp is the same at both ends"));
        }
        if (in.writerIndex() - body < bodyBytes) {
            return null;
        }
        for (int i = 0; i < expectedBytes; i++) {
            if (in.getByte(body + i) != expected[SnappyFrame.HEADER_BYTES + i]) {
                throw new SnappyFormatException(Reason.BAD_IDENTIFIER, "an identifier other than sNaPpY");
            }
        }
        in.readerIndex(body + bodyBytes);
        started = true;
        return null;
    }

    private static @Nullable ByteBuf data(ByteBufAllocator allocator, ByteBuf in, int type, int body, int bodyBytes) {
        int packedBytes = bodyBytes - SnappyFrame.CHECKSUM_BYTES;
        if (packedBytes < 0) {
            throw new SnappyFormatException(
                    Reason.CHUNK_TOO_SHORT, "a data chunk of " + bodyBytes + " bytes has no room for its checksum");
        }
        boolean compressed = type == SnappyFrame.TYPE_COMPRESSED;
        if (!compressed && packedBytes > CompressionScratch.MAX_DATA_BYTES) {
            throw new SnappyFormatException(
                    Reason.DATA_TOO_LONG,
                    "an uncompressed chunk of " + packedBytes + " bytes, at most " + CompressionScratch.MAX_DATA_BYTES
                            + " are allowed");
        }
        if (in.writerIndex() - body < bodyBytes) {
            return null;
        }
        CompressionScratch scratch = CompressionScratch.get();
        int checksum = in.getIntLE(body);
        int packed = body + SnappyFrame.CHECKSUM_BYTES;
        int plainBytes = packedBytes;
        if (compressed) {
            in.getBytes(packed, scratch.block, 0, packedBytes);
            plainBytes = SnappyBlock.decompress(scratch.block, packedBytes, scratch.plain);
        } else {
            in.getBytes(packed, scratch.plain, 0, packedBytes);
        }
        int actual = SnappyFrame.maskedChecksum(scratch.crc, scratch.plain, 0, plainBytes);
        if (actual != checksum) {
            throw new SnappyFormatException(
                    Reason.BAD_CHECKSUM, String.format("checksum 0x%08x instead of 0x%08x", checksum, actual));
        }
        in.readerIndex(body + bodyBytes);
        if (plainBytes == 0) {
            return null;
        }
        if (!compressed) {
            return in.retainedSlice(packed, plainBytes);
        }
        return allocator.ioBuffer(plainBytes).writeBytes(scratch.plain, 0, plainBytes);
    }
}
