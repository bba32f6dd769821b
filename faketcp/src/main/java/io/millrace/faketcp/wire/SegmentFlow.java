package io.millrace.faketcp.wire;

import static io.millrace.faketcp.wire.ReceivedSegment.FLAG_ACK;
import static io.millrace.faketcp.wire.ReceivedSegment.FLAG_FIN;
import static io.millrace.faketcp.wire.ReceivedSegment.FLAG_PSH;
import static io.millrace.faketcp.wire.ReceivedSegment.FLAG_SYN;
import static io.millrace.faketcp.wire.ReceivedSegment.OPTION_NOP;
import static io.millrace.faketcp.wire.ReceivedSegment.OPTION_TIMESTAMPS;
import static io.millrace.faketcp.wire.ReceivedSegment.TCP_HEADER_BYTES;
import static io.millrace.faketcp.wire.ReceivedSegment.TIMESTAMPS_BYTES;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The segments that one end of a connection sends, one datagram in each, and the numbers they carry on from those received.
 * There is no window, no order and no resending: a number only has to be one that a TCP connection could show.
 * spec: tunnel 7.4, 7.5
 */
public final class SegmentFlow {
    private static final int PROTOCOL_TCP = 6;
    private static final int TIME_TO_LIVE = 64;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final int IPV4_HEADER_BYTES = 20;
    private static final int IPV6_HEADER_BYTES = 40;
    private static final int WINDOW = 65_535;
    private static final int TCP_BYTES = TCP_HEADER_BYTES + 2 + TIMESTAMPS_BYTES;

    /** Everything that is the same in each packet; the rest is 0. */
    private final ByteBuf template;

    private final int ipBytes;
    private final long pseudoHeaderSum;
    private final long constantSum;

    private int seq;
    private int ack;
    private int peerTimestamp;

    /**
     * A flow of which nothing has been received yet.
     *
     * @param localAddress 4 or 16 bytes, as many as {@code peerAddress}
     * @param dscp differentiated services code point, 0..63
     */
    public SegmentFlow(byte[] localAddress, int localPort, byte[] peerAddress, int peerPort, int dscp) {
        boolean ipv6 = localAddress.length == 16;
        this.ipBytes = ipv6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES;
        this.template = Unpooled.buffer(ipBytes + TCP_BYTES, ipBytes + TCP_BYTES);
        if (ipv6) {
            template.writeInt((6 << 28) | (dscp << 22)).writeShort(0).writeByte(PROTOCOL_TCP);
            template.writeByte(TIME_TO_LIVE);
        } else {
            // The kernel puts in total length, identification and checksum of the IPv4 header.
            template.writeByte(0x45).writeByte(dscp << 2).writeShort(0).writeShort(0);
            template.writeShort(DO_NOT_FRAGMENT).writeByte(TIME_TO_LIVE).writeByte(PROTOCOL_TCP);
            template.writeShort(0);
        }
        template.writeBytes(localAddress).writeBytes(peerAddress);
        template.writeShort(localPort).writeShort(peerPort).writeInt(0).writeInt(0);
        template.writeByte((TCP_BYTES / Integer.BYTES) << 4).writeByte(FLAG_PSH | FLAG_ACK);
        template.writeShort(WINDOW).writeInt(0); // checksum and urgent pointer
        template.writeByte(OPTION_NOP).writeByte(OPTION_NOP);
        template.writeByte(OPTION_TIMESTAMPS).writeByte(TIMESTAMPS_BYTES).writeLong(0);
        this.pseudoHeaderSum = InternetChecksum.sum(localAddress) + InternetChecksum.sum(peerAddress) + PROTOCOL_TCP;
        this.constantSum = pseudoHeaderSum + InternetChecksum.sum(template, ipBytes, TCP_BYTES);
    }

    /** Bytes in front of the payload, the IP header included: 52 or 72. */
    public int headerBytes() {
        return ipBytes + TCP_BYTES;
    }

    /** Whether what the segment carries, and its header, are undamaged. */
    public boolean isIntact(ReceivedSegment segment) {
        return segment.isIntact(pseudoHeaderSum);
    }

    /** Takes the numbers of a received segment. */
    public void onReceived(ReceivedSegment segment) {
        if (segment.has(FLAG_ACK)) {
            seq = segment.ack();
        }
        int first = segment.seq();
        int next = first + segment.payloadBytes() + (segment.has(FLAG_SYN) ? 1 : 0) + (segment.has(FLAG_FIN) ? 1 : 0);
        if (next != first && (ack == 0 || ack == first)) {
            ack = next;
        }
        if (segment.hasTimestamp()) {
            peerTimestamp = segment.timestamp();
        }
    }

    /**
     * Writes the IP packet that carries a datagram.
     *
     * @param out gets {@link #headerBytes} and {@code length} bytes more
     * @param timestamp the low 32 bits of the time in milliseconds
     */
    public void write(ByteBuf payload, int payloadIndex, int length, int timestamp, ByteBuf out) {
        int ip = out.writerIndex();
        int tcp = ip + ipBytes;
        out.writeBytes(template, 0, headerBytes()).writeBytes(payload, payloadIndex, length);
        if (ipBytes == IPV6_HEADER_BYTES) {
            out.setShort(ip + 4, TCP_BYTES + length);
        }
        out.setInt(tcp + 4, seq).setInt(tcp + 8, ack);
        out.setInt(tcp + TCP_HEADER_BYTES + 4, timestamp).setInt(tcp + TCP_HEADER_BYTES + 8, peerTimestamp);
        long sum = constantSum
                + TCP_BYTES
                + length
                + Integer.toUnsignedLong(seq)
                + Integer.toUnsignedLong(ack)
                + Integer.toUnsignedLong(timestamp)
                + Integer.toUnsignedLong(peerTimestamp)
                + InternetChecksum.sum(out, tcp + TCP_BYTES, length);
        out.setShort(tcp + 16, ~InternetChecksum.fold(sum));
        seq += length;
    }
}
