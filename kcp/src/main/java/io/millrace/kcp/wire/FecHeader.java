package io.millrace.kcp.wire;

/**
 * The 8 bytes in front of a packet body under FEC. The last two, the size, are protected by the code: in a parity
 * packet they are the first two parity bytes. spec: kcp 1.4
 */
public final class FecHeader {
    /** Bytes of the header, size field included. */
    public static final int BYTES = 8;
    /** Offset of the size field, where the protected part (the shard) begins. */
    public static final int SHARD = 6;
    /** Bytes of the size field; it counts itself. */
    public static final int SIZE_FIELD_BYTES = BYTES - SHARD;

    /** A packet with KCP segments. */
    public static final int TYPE_DATA = 0xf1;
    /** A parity packet. */
    public static final int TYPE_PARITY = 0xf2;
    /** A packet outside the KCP stream (out of band); it has no place in a group. spec: kcp 3.6 */
    public static final int TYPE_OOB = 0xf3;

    private static final int SEQ_ID = 0;
    private static final int TYPE = 4;

    private FecHeader() {}

    /** Place in the stream of FEC packets, unsigned 32 bits. */
    public static int seqId(byte[] bytes, int header) {
        return LittleEndian.getInt(bytes, header + SEQ_ID);
    }

    /**
     * The type, 0..65535. In plain KCP these bytes are cmd and frg, which never look like a type; so this tells the two
     * kinds of body apart. spec: kcp 1.5
     */
    public static int type(byte[] bytes, int header) {
        return LittleEndian.getUnsignedShort(bytes, header + TYPE);
    }

    /** The size field of a data packet: 2 + KCP bytes, 0..65535. */
    public static int size(byte[] bytes, int header) {
        return LittleEndian.getUnsignedShort(bytes, header + SHARD);
    }

    /** Whether {@code type} takes part in the code. */
    public static boolean isShard(int type) {
        return type == TYPE_DATA || type == TYPE_PARITY;
    }

    /** Writes the whole header of a data packet with {@code kcpBytes} bytes behind it. */
    public static void writeData(byte[] bytes, int header, int seqId, int kcpBytes) {
        write(bytes, header, seqId, TYPE_DATA);
        LittleEndian.putShort(bytes, header + SHARD, SIZE_FIELD_BYTES + kcpBytes);
    }

    /** Writes the first six bytes of a parity packet. */
    public static void writeParity(byte[] bytes, int header, int seqId) {
        write(bytes, header, seqId, TYPE_PARITY);
    }

    private static void write(byte[] bytes, int header, int seqId, int type) {
        LittleEndian.putInt(bytes, header + SEQ_ID, seqId);
        LittleEndian.putShort(bytes, header + TYPE, type);
    }
}
