package io.millrace.faketcp.wire;

import io.netty.buffer.ByteBuf;

/** The checksum of TCP: the ones' complement sum of 16-bit words (RFC 1071). Sums are kept unfolded and can be added. */
final class InternetChecksum {
    private static final long LOW_32 = 0xffff_ffffL;

    private InternetChecksum() {}

    /** The sum of {@code length} bytes, at most 2 GiB; an odd last one counts as the high half of a word. */
    static long sum(ByteBuf buffer, int index, int length) {
        long sum = 0;
        int at = index;
        int end = index + length;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            long word = buffer.getLong(at);
            sum += (word >>> 32) + (word & LOW_32);
        }
        for (; end - at >= Short.BYTES; at += Short.BYTES) {
            sum += buffer.getUnsignedShort(at);
        }
        return at < end ? sum + (buffer.getUnsignedByte(at) << 8) : sum;
    }

    /** The sum of an address, 4 or 16 bytes. */
    static long sum(byte[] address) {
        long sum = 0;
        for (int i = 0; i < address.length; i += Short.BYTES) {
            sum += ((address[i] & 0xff) << 8) | (address[i + 1] & 0xff);
        }
        return sum;
    }

    /** The sum as one 16-bit word; of data together with its right checksum it is 0xffff. */
    static int fold(long sum) {
        long folded = (sum >>> 32) + (sum & LOW_32);
        while (folded >>> 16 != 0) {
            folded = (folded >>> 16) + (folded & 0xffff);
        }
        return (int) folded;
    }
}
