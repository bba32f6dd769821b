package io.millrace.kcp.arq;

import java.util.Arrays;

/** The acknowledgements owed to the peer: sequence number and echoed stamp of each PUSH received. spec: kcp 4.2 */
final class AckList {
    /** From here on a flush should not wait for more input. */
    static final int FULL_SIZE = 1024;

    /** Past this a PUSH is not taken: the bound for a caller that does not flush. */
    static final int MAX_SIZE = 2 * FULL_SIZE;

    private static final int FIRST_SLOTS = 16;

    private int[] sns = new int[FIRST_SLOTS];
    private int[] stamps = new int[FIRST_SLOTS];
    private int size;

    /** False, and nothing is kept, when the list is at its bound. */
    boolean add(int sn, int ts) {
        if (size == MAX_SIZE) {
            return false;
        }
        if (size == sns.length) {
            sns = Arrays.copyOf(sns, size * 2);
            stamps = Arrays.copyOf(stamps, size * 2);
        }
        sns[size] = sn;
        stamps[size] = ts;
        size++;
        return true;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size >= FULL_SIZE;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int sn(int index) {
        return sns[index];
    }

    int ts(int index) {
        return stamps[index];
    }

    void clear() {
        size = 0;
    }
}
