package io.millrace.tunnel.compression;

/** The peer's byte stream is not the LZ4 framing that {@link Lz4Encoder} writes. */
public final class Lz4FormatException extends CompressionFormatException {
    private static final long serialVersionUID = 1L;

    /** What was wrong. */
    public enum Reason {
        /** The stream does not begin with the frame header of {@link Lz4Encoder}. */
        BAD_HEADER,
        /** A block of more than 65536 bytes. */
        BLOCK_TOO_LONG,
        /** A block without a byte, which ends a frame: a session's never ends. */
        EMPTY_BLOCK,
        /** A compressed block that cannot be decoded, or holds more than 65536 bytes. */
        BAD_BLOCK,
        /** The checksum of a block does not match. */
        BAD_CHECKSUM,
        /** The stream ended inside a block. */
        TRUNCATED
    }

    Lz4FormatException(Reason reason, String message) {
        super(reason, "lz4: " + message);
    }
}
