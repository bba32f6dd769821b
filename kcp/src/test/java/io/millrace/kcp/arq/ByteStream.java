package io.millrace.kcp.arq;

import io.netty.buffer.ByteBuf;

/** An endless stream of bytes that differ by position and by seed, so that a misplaced byte is noticed. */
final class ByteStream {
    private final long seed;

    ByteStream(long seed) {
        this.seed = seed;
    }

    private long word(long index) {
        long z = seed + index * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private byte at(long position) {
        return (byte) (word(position >>> 3) >>> ((position & 7) * 8));
    }

    void copy(long from, int bytes, ByteBuf to) {
        long position = from;
        long end = from + bytes;
        while (position < end) {
            if ((position & 7) == 0 && end - position >= 8) {
                to.writeLongLE(word(position >>> 3));
                position += 8;
            } else {
                to.writeByte(at(position++));
            }
        }
    }

    /** Consumes {@code data}, which must be the stream from {@code from} on. */
    void check(long from, ByteBuf data) {
        long position = from;
        while (data.isReadable()) {
            boolean whole = (position & 7) == 0 && data.readableBytes() >= 8;
            boolean fits = whole ? data.readLongLE() == word(position >>> 3) : data.readByte() == at(position);
            if (!fits) {
                throw new AssertionError("wrong byte at or after position " + position);
            }
            position += whole ? 8 : 1;
        }
    }
}
