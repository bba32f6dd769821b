package io.millrace.tunnel.compression;

import java.util.zip.CRC32C;

/** Constants and the checksum of the framing format. spec: tunnel 5.1 */
final class SnappyFrame {
    static final int HEADER_BYTES = 4;
    static final int CHECKSUM_BYTES = 4;

    static final int TYPE_COMPRESSED = 0x00;
    static final int TYPE_UNCOMPRESSED = 0x01;
    static final int TYPE_FIRST_SKIPPABLE = 0x80;
    static final int TYPE_IDENTIFIER = 0xff;

    /** The largest body of a chunk of any type: checksum and the worst block for {@link CompressionScratch#MAX_DATA_BYTES}. */
    static final int MAX_BODY_BYTES = 76494;

    private static final byte[] IDENTIFIER = {(byte) 0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};

    private SnappyFrame() {}

    /** The stream identifier chunk, header included; a fresh array. */
    static byte[] identifier() {
        return IDENTIFIER.clone();
    }

    /** The masked CRC-32C of {@code length} bytes from {@code offset}. */
    static int maskedChecksum(CRC32C crc, byte[] bytes, int offset, int length) {
        crc.reset();
        crc.update(bytes, offset, length);
        return mask((int) crc.getValue());
    }

    static int mask(int crc) {
        return Integer.rotateRight(crc, 15) + 0xa282ead8;
    }
}
