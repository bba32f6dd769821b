package io.millrace.kcp.arq;

import io.millrace.kcp.wire.Serial;

/**
 * The ACK segments of one packet, sorted by number, to be counted against the segments still missing. spec: kcp 4.6
 * (fastAck)
 */
final class OvertakingAcks {
    /** What a packet of 1500 bytes can hold. */
    static final int CAPACITY = 62;

    private final int[] sns = new int[CAPACITY];
    private final int[] stamps = new int[CAPACITY];
    private int size;

    private int earliestTs;
    private int latestTs;
    /** Acknowledgements below this index are of numbers that the walk has passed. */
    private int passed;

    boolean isEmpty() {
        return size == 0;
    }

    boolean isFull() {
        return size == CAPACITY;
    }

    void add(int sn, int ts) {
        if (size == 0 || Serial.before(ts, earliestTs)) {
            earliestTs = ts;
        }
        if (size == 0 || Serial.before(latestTs, ts)) {
            latestTs = ts;
        }
        sns[size] = sn;
        stamps[size] = ts;
        size++;
    }

    /** Makes ready for a walk. Acknowledgements mostly come in order, which this sort finds in one pass. */
    void sort() {
        for (int i = 1; i < size; i++) {
            int sn = sns[i];
            int ts = stamps[i];
            int to = i;
            while (to > 0 && Serial.before(sn, sns[to - 1])) {
                sns[to] = sns[to - 1];
                stamps[to] = stamps[to - 1];
                to--;
            }
            sns[to] = sn;
            stamps[to] = ts;
        }
        passed = 0;
    }

    /** The highest number acknowledged; after {@link #sort}. */
    int endSn() {
        return sns[size - 1];
    }

    /**
     * How many acknowledge a higher number than {@code sn}, sent no earlier than {@code sentTs}.
     *
     * @param sn not below that of the previous call since {@link #sort}
     */
    int countOvertaking(int sn, int sentTs) {
        while (passed < size && !Serial.before(sn, sns[passed])) {
            passed++;
        }
        if (!Serial.before(earliestTs, sentTs)) {
            return size - passed;
        }
        if (Serial.before(latestTs, sentTs)) {
            return 0;
        }
        int count = 0;
        for (int i = passed; i < size; i++) {
            if (!Serial.before(stamps[i], sentTs)) {
                count++;
            }
        }
        return count;
    }

    void clear() {
        size = 0;
    }
}
