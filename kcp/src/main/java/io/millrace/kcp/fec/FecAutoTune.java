package io.millrace.kcp.fec;

/**
 * Finds out a peer's numbers from the order of data and parity packets. It keeps the kinds of the newest 256 ids; a run of
 * one kind with no id missing, bounded on both sides by the other kind, tells one number. spec: kcp 3.5
 */
final class FecAutoTune {
    /** Ids looked at: enough for the longest run with its bounds, d + 2 &lt;= 256. */
    private static final int WINDOW = 256;

    private static final int SEEN = 2;
    private static final int DATA = 1;
    private static final int PARITY = 0;
    private static final int GAP = -1;

    /** By the low bits of the id: its high bits, {@link #SEEN}, kind. */
    private final int[] kinds = new int[WINDOW];

    private int newest;

    /** Takes note of a packet. */
    void sample(int seqId, boolean data) {
        kinds[seqId & (WINDOW - 1)] = (seqId & -WINDOW) | SEEN | (data ? DATA : PARITY);
        int ahead = seqId - newest;
        if (ahead > 0 || ahead <= -WINDOW) { // far behind: the ids were reset, or jumped once and came back
            newest = seqId;
        }
    }

    /** The numbers as {@code data << 8 | parity}, at most 255 together; 0 if the packets seen do not tell them. */
    int numbers() {
        int oldest = newest - (WINDOW - 1);
        int previous = GAP;
        int runStart = 0;
        boolean bounded = false;
        int dataRun = 0;
        int dataStart = 0;
        int parityRun = 0;
        int parityStart = 0;
        // The newest run of each kind.
        for (int i = 0; i < WINDOW; i++) {
            int kind = kind(oldest + i);
            if (kind == previous) {
                continue;
            }
            if (kind != GAP && previous != GAP && bounded) {
                if (previous == DATA) {
                    dataRun = i - runStart;
                    dataStart = oldest + runStart;
                } else {
                    parityRun = i - runStart;
                    parityStart = oldest + runStart;
                }
            }
            bounded = previous != GAP;
            runStart = i;
            previous = kind;
        }
        if (dataRun == 0 || parityRun == 0 || dataRun + parityRun >= WINDOW) {
            return 0;
        }
        int first = dataStart - parityStart < 0 ? dataStart : parityStart;
        return fits(dataRun, parityRun, first) ? (dataRun << 8) | parityRun : 0;
    }

    /**
     * Whether every packet seen since {@code first} has its kind where the numbers put it. Two runs that belong to
     * different numbers, of a peer that changed them, do not pass.
     */
    private boolean fits(int data, int parity, int first) {
        for (int seqId = first; seqId - newest <= 0; seqId++) {
            int kind = kind(seqId);
            if (kind != GAP && (kind == DATA) != ((seqId & 0xffffffffL) % (data + parity) < data)) {
                return false;
            }
        }
        return true;
    }

    private int kind(int seqId) {
        int entry = kinds[seqId & (WINDOW - 1)];
        return (entry & SEEN) != 0 && (entry & -WINDOW) == (seqId & -WINDOW) ? entry & DATA : GAP;
    }
}
