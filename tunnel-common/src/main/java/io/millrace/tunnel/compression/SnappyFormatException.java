package io.millrace.tunnel.compression;

/**
 * The peer's byte stream is not the snappy framing format.
 *
 * <p>spec: tunnel 5.3
 */
public final class SnappyFormatException extends CompressionFormatException {
    private static final long serialVersionUID = 1L;

    /** What was wrong. */
    public enum Reason {
        /** The first chunk is not the stream identifier; most often the peer does not compress ({@code nocomp}). */
        NO_IDENTIFIER,
        /** An identifier chunk with other contents than {@code sNaPpY}. */
        BAD_IDENTIFIER,
        /** A chunk body of more than 76494 bytes, of whatever type. */
        CHUNK_TOO_LONG,
        /** A chunk of type 0x02 to 0x7f. */
        RESERVED_CHUNK,
        /** A data chunk whose body has no room for the checksum. */
        CHUNK_TOO_SHORT,
        /** More than 65536 uncompressed bytes in one chunk. */
        DATA_TOO_LONG,
        /** A compressed block that cannot be decoded. */
        BAD_BLOCK,
        /** The CRC-32C of the uncompressed bytes does not match. */
        BAD_CHECKSUM,
        /** The stream ended inside a chunk. */
        TRUNCATED
    }

    SnappyFormatException(Reason reason, String message) {
        super(reason, "snappy: " + message);
    }
}
