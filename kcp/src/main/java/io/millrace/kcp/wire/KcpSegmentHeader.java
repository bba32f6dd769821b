package io.millrace.kcp.wire;

/** The 24 bytes in front of each KCP segment. spec: kcp 1.6 */
public final class KcpSegmentHeader {
    /** Bytes of a header. */
    public static final int BYTES = 24;

    /** Carries stream data. */
    public static final int CMD_PUSH = 81;
    /** Acknowledges one PUSH by sn and echoes its ts. */
    public static final int CMD_ACK = 82;
    /** Asks for the peer's window. */
    public static final int CMD_WASK = 83;
    /** Tells the own window. */
    public static final int CMD_WINS = 84;

    private static final int CONV = 0;
    private static final int CMD = 4;
    private static final int FRG = 5;
    private static final int WND = 6;
    private static final int TS = 8;
    private static final int SN = 12;
    private static final int UNA = 16;
    private static final int LEN = 20;

    private KcpSegmentHeader() {}

    /** Conversation id. */
    public static int conv(byte[] bytes, int header) {
        return LittleEndian.getInt(bytes, header + CONV);
    }

    /** Command, 0..255; the valid ones are {@link #CMD_PUSH} to {@link #CMD_WINS}. */
    public static int cmd(byte[] bytes, int header) {
        return bytes[header + CMD] & 0xff;
    }

    /** Fragments of the same message that follow, 0..255. */
    public static int frg(byte[] bytes, int header) {
        return bytes[header + FRG] & 0xff;
    }

    /** Free receive slots of the sender, in segments, 0..65535. */
    public static int wnd(byte[] bytes, int header) {
        return LittleEndian.getUnsignedShort(bytes, header + WND);
    }

    /** Sender's stamp (PUSH) or the echoed stamp (ACK). */
    public static int ts(byte[] bytes, int header) {
        return LittleEndian.getInt(bytes, header + TS);
    }

    /** Sequence number. */
    public static int sn(byte[] bytes, int header) {
        return LittleEndian.getInt(bytes, header + SN);
    }

    /** Next sequence number that the sender of the segment expects. */
    public static int una(byte[] bytes, int header) {
        return LittleEndian.getInt(bytes, header + UNA);
    }

    /** Payload bytes after the header; unsigned 32 bits, hence a long. */
    public static long len(byte[] bytes, int header) {
        return LittleEndian.getInt(bytes, header + LEN) & 0xffffffffL;
    }

    /** Writes a header at {@code header}; the array must have {@link #BYTES} bytes there. */
    public static void write(
            byte[] bytes, int header, int conv, int cmd, int wnd, int ts, int sn, int una, int payloadBytes) {
        LittleEndian.putInt(bytes, header + CONV, conv);
        bytes[header + CMD] = (byte) cmd;
        bytes[header + FRG] = 0; // a byte stream has no fragments. spec: kcp 4.3
        LittleEndian.putShort(bytes, header + WND, wnd);
        LittleEndian.putInt(bytes, header + TS, ts);
        LittleEndian.putInt(bytes, header + SN, sn);
        LittleEndian.putInt(bytes, header + UNA, una);
        LittleEndian.putInt(bytes, header + LEN, payloadBytes);
    }
}
