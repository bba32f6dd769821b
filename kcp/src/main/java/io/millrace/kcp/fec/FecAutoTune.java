package io.millrace.kcp.fec;

import java.util.Arrays;

/**
 * Finds out a peer's numbers from the order of data and parity packets. It keeps the kinds of the newest ids; a run of one
 * kind with no id missing, bounded on both sides by the other kind, tells one number. spec: kcp 3.5
 */
final class FecAutoTune {
    /** Ids looked at: a run of each kind, 255 at most together, and one packet on either side. */
    private static final int WINDOW = 258;
    /** Bits kept, by the low bits of the id; twice what is needed, for a mask instead of a division. */
    private static final int SLOTS = 512;
    /** So many packets in a row from far outside the window are the peer's new place, fewer are strays. */
    private static final int MAX_STRAYS = 8;

    private static final int GAP = -1;
    private static final int PARITY = 0;
    private static final int DATA = 1;

    private final long[] seen = new long[SLOTS / Long.SIZE];
    private final long[] data = new long[SLOTS / Long.SIZE];
    private int newest;
    private int strays = MAX_STRAYS; // the first packet is at home anywhere

    /** Takes note of a packet. */
    void sample(int seqId, boolean isData) {
        int ahead = seqId - newest;
        if (ahead >= WINDOW || ahead <= -WINDOW) {
            if (strays < MAX_STRAYS) {
                strays++;
                return;
            }
            Arrays.fill(seen, 0);
            newest = seqId;
        }
        strays = 0;
        while (newest - seqId < 0) {
            newest++;
            seen[word(newest)] &= ~bit(newest);
        }
        seen[word(seqId)] |= bit(seqId);
        if (isData) {
            data[word(seqId)] |= bit(seqId);
        } else {
            data[word(seqId)] &= ~bit(seqId);
        }
    }

    /** The numbers as {@code data << 8 | parity}, at most 255 together; 0 if the packets seen do not tell them. */
    int numbers() {
        int oldest = newest - (WINDOW - 1);
        int previous = GAP;
        int runStart = oldest;
        boolean bounded = false;
        int dataRun = 0;
        int dataStart = 0;
        int parityRun = 0;
        int parityStart = 0;
        // The newest run of each kind.
        for (int seqId = oldest; seqId - newest <= 0; seqId++) {
            int kind = kind(seqId);
            if (kind == previous) {
                continue;
            }
            if (kind != GAP && previous != GAP && bounded) {
                if (previous == DATA) {
                    dataRun = seqId - runStart;
                    dataStart = runStart;
                } else {
                    parityRun = seqId - runStart;
                    parityStart = runStart;
                }
            }
            bounded = previous != GAP;
            runStart = seqId;
            previous = kind;
        }
        if (dataRun == 0 || parityRun == 0 || dataRun + parityRun >= ReedSolomonCodec.MAX_SHARDS) {
            return 0;
        }
        int first = dataStart - parityStart < 0 ? dataStart : parityStart;
        return fits(dataRun, parityRun, first) ? (dataRun << 8) | parityRun : 0;
    }

    /**
     * Whether every packet seen since {@code first} has its kind where the numbers put it. Two runs that belong to
     * different numbers, of a peer that changed them, do not pass.
     */
    private boolean fits(int dataShards, int parityShards, int first) {
        for (int seqId = first; seqId - newest <= 0; seqId++) {
            int kind = kind(seqId);
            if (kind != GAP && (kind == DATA) != ((seqId & 0xffffffffL) % (dataShards + parityShards) < dataShards)) {
                return false;
            }
        }
        return true;
    }

    private int kind(int seqId) {
        if ((seen[word(seqId)] & bit(seqId)) == 0) {
            return GAP;
        }
        return (data[word(seqId)] & bit(seqId)) != 0 ? DATA : PARITY;
    }

    private static int word(int seqId) {
        return (seqId & (SLOTS - 1)) / Long.SIZE;
    }

    private static long bit(int seqId) {
        return 1L << seqId;
    }
}
