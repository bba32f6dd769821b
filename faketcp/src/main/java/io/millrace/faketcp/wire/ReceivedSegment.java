package io.millrace.faketcp.wire;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A received TCP segment, checked once; from then on its fields lie inside the packet. One object serves one packet after the
 * other. spec: tunnel 7.5
 */
public final class ReceivedSegment {
    static final int FLAG_FIN = 0x01;
    static final int FLAG_SYN = 0x02;
    static final int FLAG_PSH = 0x08;
    static final int FLAG_ACK = 0x10;

    static final int TCP_HEADER_BYTES = 20;
    static final int OPTION_END = 0;
    static final int OPTION_NOP = 1;
    static final int OPTION_TIMESTAMPS = 8;
    static final int TIMESTAMPS_BYTES = 10;

    private static final int IPV4_HEADER_BYTES = 20;
    private static final int PROTOCOL_TCP = 6;
    private static final int FRAGMENT_BITS = 0x3fff; // more fragments, and the offset

    private @Nullable ByteBuf packet;
    private int start;
    private int end;
    private int payloadIndex;
    private int timestampIndex;

    /**
     * Takes what a raw IPv4 socket delivers: the whole packet, header included.
     *
     * @return why it is no use, or null if it is
     */
    public @Nullable SegmentDropReason parseIpv4(ByteBuf datagram) {
        int index = datagram.readerIndex();
        int length = datagram.readableBytes();
        if (length < IPV4_HEADER_BYTES) {
            return SegmentDropReason.MALFORMED;
        }
        int versionAndLength = datagram.getUnsignedByte(index);
        int headerBytes = (versionAndLength & 0x0f) * Integer.BYTES;
        int totalBytes = datagram.getUnsignedShort(index + 2);
        if (versionAndLength >>> 4 != 4
                || headerBytes < IPV4_HEADER_BYTES
                || totalBytes < headerBytes
                || (datagram.getUnsignedShort(index + 6) & FRAGMENT_BITS) != 0
                || datagram.getUnsignedByte(index + 9) != PROTOCOL_TCP) {
            return SegmentDropReason.MALFORMED;
        }
        if (totalBytes > length) {
            return SegmentDropReason.TOO_LONG;
        }
        return parse(datagram, index + headerBytes, index + totalBytes);
    }

    /** Takes what a raw IPv6 socket delivers: the segment alone; otherwise like {@link #parseIpv4}. */
    public @Nullable SegmentDropReason parseIpv6(ByteBuf datagram) {
        return parse(datagram, datagram.readerIndex(), datagram.writerIndex());
    }

    private @Nullable SegmentDropReason parse(ByteBuf datagram, int segmentStart, int segmentEnd) {
        if (segmentEnd - segmentStart < TCP_HEADER_BYTES) {
            return SegmentDropReason.MALFORMED;
        }
        int headerBytes = (datagram.getUnsignedByte(segmentStart + 12) >>> 4) * Integer.BYTES;
        if (headerBytes < TCP_HEADER_BYTES || headerBytes > segmentEnd - segmentStart) {
            return SegmentDropReason.MALFORMED;
        }
        packet = datagram;
        start = segmentStart;
        end = segmentEnd;
        payloadIndex = segmentStart + headerBytes;
        timestampIndex = findTimestamps(datagram, segmentStart + TCP_HEADER_BYTES, payloadIndex);
        return null;
    }

    /** Where the value of the timestamp option stands, or -1; nonsense ends the search. */
    private static int findTimestamps(ByteBuf datagram, int optionsStart, int optionsEnd) {
        int at = optionsStart;
        while (at < optionsEnd) {
            int kind = datagram.getUnsignedByte(at);
            if (kind == OPTION_END) {
                return -1;
            }
            if (kind == OPTION_NOP) {
                at++;
                continue;
            }
            int length = at + 1 < optionsEnd ? datagram.getUnsignedByte(at + 1) : 0;
            if (length < 2 || at + length > optionsEnd) {
                return -1;
            }
            if (kind == OPTION_TIMESTAMPS && length == TIMESTAMPS_BYTES) {
                return at + 2;
            }
            at += length;
        }
        return -1;
    }

    private ByteBuf packet() {
        ByteBuf present = packet;
        if (present == null) {
            throw new IllegalStateException("nothing was parsed");
        }
        return present;
    }

    /** Forgets the packet, whose buffer goes elsewhere. */
    public void clear() {
        packet = null;
    }

    public int sourcePort() {
        return packet().getUnsignedShort(start);
    }

    public int destinationPort() {
        return packet().getUnsignedShort(start + 2);
    }

    int seq() {
        return packet().getInt(start + 4);
    }

    int ack() {
        return packet().getInt(start + 8);
    }

    boolean has(int flag) {
        return (packet().getUnsignedByte(start + 13) & flag) != 0;
    }

    /** Whether it carries a datagram. */
    public boolean hasDatagram() {
        return payloadBytes() > 0 && has(FLAG_PSH);
    }

    /** Where the payload begins, as an index of the packet's buffer. */
    public int payloadIndex() {
        return payloadIndex;
    }

    public int payloadBytes() {
        return end - payloadIndex;
    }

    boolean hasTimestamp() {
        return timestampIndex >= 0;
    }

    int timestamp() {
        return packet().getInt(timestampIndex);
    }

    /** Whether the checksum is right; {@code pseudoHeaderSum} is that of the addresses and the protocol. */
    boolean isIntact(long pseudoHeaderSum) {
        int length = end - start;
        return InternetChecksum.fold(pseudoHeaderSum + length + InternetChecksum.sum(packet(), start, length))
                == 0xffff;
    }
}
