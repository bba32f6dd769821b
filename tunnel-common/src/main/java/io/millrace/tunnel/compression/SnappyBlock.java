package io.millrace.tunnel.compression;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The snappy block format over byte arrays. The decoder is strict: a block must fill exactly the length it announces,
 * and every copy must point into what was produced before (Netty's block decoder checks neither).
 *
 * <p>Stateless. spec: tunnel 5.3
 */
final class SnappyBlock {
    /** Returned by {@link #compress} when the block would not be small enough. */
    static final int NOT_WORTH_IT = -1;

    static final int MAX_TABLE_ENTRIES = 1 << 14;

    private static final int MIN_TABLE_ENTRIES = 1 << 8;
    private static final int MIN_COMPRESSIBLE_BYTES = 17;
    private static final int LOOK_AHEAD_BYTES = 8;

    private static final int TAG_LITERAL = 0;
    private static final int TAG_COPY_11_BITS = 1;
    private static final int TAG_COPY_16_BITS = 2;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private SnappyBlock() {}

    /**
     * Compresses {@code in[0, length)} into {@code out[0, ...)}, unless the result would not be at least 12.5 % smaller.
     *
     * @param length 0 to 65536
     * @param out at least {@code length} bytes
     * @param table {@link #MAX_TABLE_ENTRIES} entries; contents are overwritten
     * @return the size of the block, or {@link #NOT_WORTH_IT}
     */
    static int compress(byte[] in, int length, byte[] out, short[] table) {
        if (length < MIN_COMPRESSIBLE_BYTES) {
            return NOT_WORTH_IT;
        }
        int limit = length - length / 8 - 1;
        int entries = MIN_TABLE_ENTRIES;
        while (entries < MAX_TABLE_ENTRIES && entries < length) {
            entries <<= 1;
        }
        Arrays.fill(table, 0, entries, (short) 0);
        int shift = 32 - Integer.numberOfTrailingZeros(entries);

        int o = writeVarint(out, 0, length);
        int searchEnd = length - LOOK_AHEAD_BYTES;
        int emitted = 0;
        int p = 1;
        search:
        while (true) {
            // Steps grow while nothing matches, so that incompressible data passes quickly.
            int steps = 32;
            int candidate;
            while (true) {
                if (p > searchEnd) {
                    break search;
                }
                int word = (int) INT.get(in, p);
                int slot = hash(word, shift);
                candidate = table[slot] & 0xffff;
                table[slot] = (short) p;
                if ((int) INT.get(in, candidate) == word) {
                    break;
                }
                p += steps++ >>> 5;
            }
            o = writeLiteral(in, emitted, p, out, o, limit);
            if (o < 0) {
                return NOT_WORTH_IT;
            }
            do {
                int end = matchEnd(in, candidate + 4, p + 4, length);
                o = writeCopy(out, o, p - candidate, end - p, limit);
                if (o < 0) {
                    return NOT_WORTH_IT;
                }
                p = end;
                emitted = p;
                if (p > searchEnd) {
                    break search;
                }
                table[hash((int) INT.get(in, p - 1), shift)] = (short) (p - 1);
                int slot = hash((int) INT.get(in, p), shift);
                candidate = table[slot] & 0xffff;
                table[slot] = (short) p;
            } while ((int) INT.get(in, candidate) == (int) INT.get(in, p));
            p++;
        }
        if (emitted < length) {
            o = writeLiteral(in, emitted, length, out, o, limit);
        }
        return o < 0 ? NOT_WORTH_IT : o;
    }

    private static int hash(int word, int shift) {
        return (word * 0x1e35a7bd) >>> shift;
    }

    private static int matchEnd(byte[] in, int a, int b, int length) {
        int i = a;
        int j = b;
        while (j <= length - Long.BYTES) {
            long difference = (long) LONG.get(in, i) ^ (long) LONG.get(in, j);
            if (difference != 0) {
                return j + Long.numberOfTrailingZeros(difference) / Byte.SIZE;
            }
            i += Long.BYTES;
            j += Long.BYTES;
        }
        while (j < length && in[i] == in[j]) {
            i++;
            j++;
        }
        return j;
    }

    private static int writeVarint(byte[] out, int at, int value) {
        int o = at;
        int rest = value;
        while (rest >= 0x80) {
            out[o++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[o++] = (byte) rest;
        return o;
    }

    private static int writeLiteral(byte[] in, int from, int to, byte[] out, int at, int limit) {
        int length = to - from;
        int o = at;
        if (length == 0) {
            return o;
        }
        if (o + 3 + length > limit) {
            return NOT_WORTH_IT;
        }
        int n = length - 1;
        if (n < 60) {
            out[o++] = (byte) (n << 2 | TAG_LITERAL);
        } else if (n < 1 << 8) {
            out[o++] = (byte) (60 << 2 | TAG_LITERAL);
            out[o++] = (byte) n;
        } else {
            out[o++] = (byte) (61 << 2 | TAG_LITERAL);
            out[o++] = (byte) n;
            out[o++] = (byte) (n >>> 8);
        }
        System.arraycopy(in, from, out, o, length);
        return o + length;
    }

    private static int writeCopy(byte[] out, int at, int offset, int length, int limit) {
        int o = at;
        if (o + 3 * (length / 60 + 1) > limit) {
            return NOT_WORTH_IT;
        }
        int rest = length;
        // A tail of 1 to 3 bytes could not be expressed in the short form; 60 instead of 64 leaves at least 4.
        while (rest > 64) {
            int part = rest >= 68 ? 64 : 60;
            o = writeLongCopy(out, o, offset, part);
            rest -= part;
        }
        if (rest < 12 && offset < 1 << 11) {
            out[o++] = (byte) (offset >>> 8 << 5 | (rest - 4) << 2 | TAG_COPY_11_BITS);
            out[o++] = (byte) offset;
            return o;
        }
        return writeLongCopy(out, o, offset, rest);
    }

    private static int writeLongCopy(byte[] out, int at, int offset, int length) {
        out[at] = (byte) ((length - 1) << 2 | TAG_COPY_16_BITS);
        out[at + 1] = (byte) offset;
        out[at + 2] = (byte) (offset >>> 8);
        return at + 3;
    }

    /**
     * Decompresses the block {@code in[0, inLength)} into {@code out[0, ...)}.
     *
     * @param out at least 65536 bytes
     * @return how many bytes were produced, 0 to 65536
     * @throws SnappyFormatException if the block is corrupt or announces more than 65536 bytes
     */
    static int decompress(byte[] in, int inLength, byte[] out) {
        long announced = 0;
        int i = 0;
        while (true) {
            if (i == 5 || i == inLength) {
                throw badBlock("its length is cut off or longer than 5 bytes");
            }
            int b = in[i];
            announced |= (long) (b & 0x7f) << (7 * i);
            i++;
            if (b >= 0) {
                break;
            }
        }
        if (announced > CompressionScratch.MAX_DATA_BYTES) {
            throw new SnappyFormatException(
                    SnappyFormatException.Reason.DATA_TOO_LONG,
                    "a chunk announces " + announced + " bytes, at most " + CompressionScratch.MAX_DATA_BYTES
                            + " are allowed");
        }
        int length = (int) announced;
        int o = 0;
        while (i < inLength) {
            int tag = in[i++] & 0xff;
            int form = tag & 3;
            if (form == TAG_LITERAL) {
                int code = tag >>> 2;
                long n = code + 1L;
                if (code >= 60) {
                    int extra = code - 59;
                    n = readLittleEndian(in, i, extra, inLength) + 1;
                    i += extra;
                }
                if (n > inLength - i) {
                    throw badBlock("a literal runs over its end");
                }
                if (n > length - o) {
                    throw badBlock("it holds more than it announces");
                }
                System.arraycopy(in, i, out, o, (int) n);
                i += (int) n;
                o += (int) n;
            } else {
                int n;
                long offset;
                if (form == TAG_COPY_11_BITS) {
                    n = 4 + (tag >>> 2 & 7);
                    offset = (long) (tag >>> 5) << 8 | readLittleEndian(in, i, 1, inLength);
                    i += 1;
                } else {
                    int offsetBytes = form == TAG_COPY_16_BITS ? 2 : 4;
                    n = 1 + (tag >>> 2);
                    offset = readLittleEndian(in, i, offsetBytes, inLength);
                    i += offsetBytes;
                }
                if (offset == 0 || offset > o) {
                    throw badBlock("a copy reaches before its start");
                }
                if (n > length - o) {
                    throw badBlock("it holds more than it announces");
                }
                copyWithin(out, o - (int) offset, o, n);
                o += n;
            }
        }
        if (o != length) {
            throw badBlock("it announces " + length + " bytes and holds " + o);
        }
        return length;
    }

    private static void copyWithin(byte[] out, int from, int to, int length) {
        if (to - from >= length) {
            System.arraycopy(out, from, out, to, length);
            return;
        }
        for (int k = 0; k < length; k++) {
            out[to + k] = out[from + k];
        }
    }

    private static long readLittleEndian(byte[] in, int at, int bytes, int inLength) {
        if (bytes > inLength - at) {
            throw badBlock("it ends inside an element");
        }
        long value = 0;
        for (int k = 0; k < bytes; k++) {
            value |= (in[at + k] & 0xffL) << (8 * k);
        }
        return value;
    }

    private static SnappyFormatException badBlock(String what) {
        return new SnappyFormatException(SnappyFormatException.Reason.BAD_BLOCK, "corrupt block: " + what);
    }
}
