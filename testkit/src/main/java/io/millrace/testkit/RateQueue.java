package io.millrace.testkit;

/** A tail-drop queue before a serialiser of a given rate, kept as the times at which its datagrams will have left. */
final class RateQueue {
    static final long REJECTED = Long.MIN_VALUE;

    private static final double BIT_NS_PER_BYTE = 8e9;

    private long[] departuresNs = new long[64];
    private int[] sizes = new int[64];
    private int head;
    private int count;
    private long waitingBytes;
    private long busyUntilNs = Long.MIN_VALUE;

    /** When the last bit of a datagram of {@code wireBytes} given now has left, or {@link #REJECTED}. */
    long offer(long nowNs, int wireBytes, LinkProfile profile) {
        forgetDeparted(nowNs);
        double rate = profile.rateBitsPerSecond();
        if (rate == Double.POSITIVE_INFINITY) {
            return Math.max(nowNs, busyUntilNs);
        }
        boolean full = count >= profile.queuePackets() || waitingBytes + wireBytes > profile.queueBytes();
        if (count > 0 && full) {
            return REJECTED;
        }
        busyUntilNs = Math.max(nowNs, busyUntilNs) + Math.round(wireBytes * BIT_NS_PER_BYTE / rate);
        append(busyUntilNs, wireBytes);
        return busyUntilNs;
    }

    private void forgetDeparted(long nowNs) {
        while (count > 0 && departuresNs[head] <= nowNs) {
            waitingBytes -= sizes[head];
            head = (head + 1) & (sizes.length - 1);
            count--;
        }
    }

    private void append(long departureNs, int wireBytes) {
        if (count == sizes.length) {
            grow();
        }
        int at = (head + count) & (sizes.length - 1);
        departuresNs[at] = departureNs;
        sizes[at] = wireBytes;
        count++;
        waitingBytes += wireBytes;
    }

    private void grow() {
        long[] newDeparturesNs = new long[count * 2];
        int[] newSizes = new int[count * 2];
        for (int i = 0; i < count; i++) {
            int from = (head + i) & (count - 1);
            newDeparturesNs[i] = departuresNs[from];
            newSizes[i] = sizes[from];
        }
        departuresNs = newDeparturesNs;
        sizes = newSizes;
        head = 0;
    }
}
