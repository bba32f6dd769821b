package io.millrace.kcp.wire;

/**
 * The packets of one flush, laid end to end in one heap array, so that they can be sealed together and sent as one
 * segmented datagram. Filled by {@link #begin} and {@link #commit} in turn; one thread.
 */
public final class PacketBurst {
    private final byte[] bytes;
    private final int maxPacketBytes;
    private final int[] offsets;
    private int count;

    /**
     * Room for {@code maxPackets} packets of at most {@code maxPacketBytes} bytes each.
     *
     * @throws IllegalArgumentException if one of them is not positive
     */
    public PacketBurst(int maxPackets, int maxPacketBytes) {
        if (maxPackets <= 0 || maxPacketBytes <= 0) {
            throw new IllegalArgumentException(
                    "a burst needs room: maxPackets " + maxPackets + ", maxPacketBytes " + maxPacketBytes);
        }
        this.bytes = new byte[Math.multiplyExact(maxPackets, maxPacketBytes)];
        this.maxPacketBytes = maxPacketBytes;
        this.offsets = new int[maxPackets + 1];
    }

    /** The array that holds all packets; the same one for the life of the burst. */
    public byte[] bytes() {
        return bytes;
    }

    /** Committed packets. */
    public int count() {
        return count;
    }

    /** Where packet {@code i} starts, 0 &lt;= i &lt; count. */
    public int offset(int i) {
        return offsets[i];
    }

    /** Bytes of packet {@code i}, 0 &lt;= i &lt; count. */
    public int length(int i) {
        return offsets[i + 1] - offsets[i];
    }

    /** Bytes of all committed packets. */
    public int totalBytes() {
        return offsets[count];
    }

    /** Whether {@code packets} more packets of full length fit. */
    public boolean hasRoom(int packets) {
        return count + packets < offsets.length;
    }

    /**
     * Where the next packet starts; maxPacketBytes are free from there.
     *
     * @throws IllegalStateException if the burst is full
     */
    public int begin() {
        if (!hasRoom(1)) {
            throw new IllegalStateException("burst is full: " + count + " packets");
        }
        return offsets[count];
    }

    /**
     * Appends the packet written at {@link #begin}.
     *
     * @param packetLength its bytes, header and trailer included, 1..maxPacketBytes
     */
    public void commit(int packetLength) {
        if (packetLength <= 0 || packetLength > maxPacketBytes) {
            throw new IllegalArgumentException("packet of " + packetLength + " bytes, allowed 1.." + maxPacketBytes);
        }
        int start = begin();
        count++;
        offsets[count] = start + packetLength;
    }

    /** Forgets all packets; their bytes stay in the array until overwritten. */
    public void clear() {
        count = 0;
    }
}
