package io.millrace.kcp.fec;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the encoders and decoders of one event loop share: buffers for shards, codes by their numbers, scratch. An idle
 * session so holds no more than the shards of its unfinished groups. One thread.
 */
public final class FecWorkspace {
    /** The longest shard; a longer one does not fit a datagram. spec: kcp 6.4 row 9 */
    static final int MAX_SHARD_BYTES = 1500;

    /** Buffer sizes; acknowledgements, short packets and full packets each find one that fits. */
    private static final int[] CAPACITIES = {64, 256, 768, MAX_SHARD_BYTES + 4};
    /** Spare buffers kept for each size: enough for the largest group. */
    private static final int MAX_SPARE = 1024;
    /** Codes kept; only a peer that changes its numbers all the time needs more. */
    private static final int MAX_CODES = 32;

    private static final byte[] NONE = {};

    private final byte[][][] spare = new byte[CAPACITIES.length][16][];
    private final int[] spareCount = new int[CAPACITIES.length];
    private final Map<Integer, ReedSolomonCodec> codes = new HashMap<>();
    private final HornerCodingLoop loop = new HornerCodingLoop();
    // All sessions of a process mostly have the same numbers: no look-up, no boxing.
    private @Nullable ReedSolomonCodec lastCode;
    private int lastNumbers;
    private long heldBytes;

    /** Creates an empty one; it grows with use. */
    public FecWorkspace() {}

    /** Bytes of shard buffers handed out and kept in reserve. */
    public long heldBytes() {
        return heldBytes;
    }

    /** A buffer of at least {@code bytes} bytes, 0..{@link #MAX_SHARD_BYTES}, with anything in it. */
    byte[] acquire(int bytes) {
        int size = sizeFor(bytes);
        int count = spareCount[size];
        if (count == 0) {
            heldBytes += CAPACITIES[size];
            return new byte[CAPACITIES[size]];
        }
        spareCount[size] = count - 1;
        byte[] buffer = spare[size][count - 1];
        spare[size][count - 1] = NONE;
        return buffer;
    }

    /** Takes back a buffer that {@link #acquire} gave. */
    void release(byte[] buffer) {
        int size = sizeFor(buffer.length);
        int count = spareCount[size];
        if (count == MAX_SPARE) {
            heldBytes -= buffer.length;
            return;
        }
        if (count == spare[size].length) {
            spare[size] = Arrays.copyOf(spare[size], 2 * count);
        }
        spare[size][count] = buffer;
        spareCount[size] = count + 1;
    }

    /**
     * {@code buffer} with zeros from {@code used} to {@code bytes}; another buffer with the same beginning if it is too
     * short, which then replaces it.
     */
    byte[] extend(byte[] buffer, int used, int bytes) {
        byte[] extended = buffer;
        if (buffer.length < bytes) {
            extended = acquire(bytes);
            System.arraycopy(buffer, 0, extended, 0, used);
            release(buffer);
        }
        Arrays.fill(extended, used, bytes, (byte) 0);
        return extended;
    }

    /** The code of these numbers. */
    ReedSolomonCodec codec(int dataShards, int parityShards) {
        int numbers = (dataShards << 16) | parityShards;
        ReedSolomonCodec codec = lastCode;
        if (codec == null || numbers != lastNumbers) {
            if (codes.size() == MAX_CODES && !codes.containsKey(numbers)) {
                codes.clear();
            }
            codec = codes.computeIfAbsent(numbers, n -> new ReedSolomonCodec(dataShards, parityShards, loop));
            lastCode = codec;
            lastNumbers = numbers;
        }
        return codec;
    }

    private static int sizeFor(int bytes) {
        int size = 0;
        while (CAPACITIES[size] < bytes) {
            size++;
        }
        return size;
    }
}
