package io.millrace.smux.core;

/**
 * The 8-byte frame header, held as one {@code long} read or written in little-endian order, so that a header costs no object.
 *
 * <p>Layout: version (1 byte), command (1), payload length (2), stream id (4). Length and id are unsigned. spec: smux 2
 */
public final class FrameHeader {
    /** Bytes of a header. */
    public static final int BYTES = 8;
    /** Largest payload a frame can carry, whatever either side's frame limit is. */
    public static final int MAX_PAYLOAD_BYTES = 0xffff;
    /** Payload bytes of an UPD frame: consumed counter and window. spec: smux 6.1 */
    public static final int UPDATE_PAYLOAD_BYTES = 8;

    /** Opens a stream. */
    public static final int SYN = 0;
    /** The sender will send no more data on the stream. */
    public static final int FIN = 1;
    /** Stream data. */
    public static final int PSH = 2;
    /**
     * Keep-alive; never answered. Other programs look at nothing else in it, so between Millraces the id of a stream says
     * that the sender resets that stream. spec: smux 3.1
     */
    public static final int NOP = 3;
    /** Consumed counter and window; version 2 only. */
    public static final int UPD = 4;

    private FrameHeader() {}

    /** Packs a header; {@code length} is 0..65535, {@code streamId} unsigned. */
    public static long of(int version, int command, int length, int streamId) {
        return (version & 0xffL) | (command & 0xffL) << 8 | (length & 0xffffL) << 16 | (streamId & 0xffffffffL) << 32;
    }

    public static int version(long header) {
        return (int) header & 0xff;
    }

    public static int command(long header) {
        return (int) (header >>> 8) & 0xff;
    }

    public static int length(long header) {
        return (int) (header >>> 16) & 0xffff;
    }

    public static int streamId(long header) {
        return (int) (header >>> 32);
    }
}
