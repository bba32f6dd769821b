package io.millrace.kcp.arq;

import java.util.Arrays;

/** The acknowledgements owed to the peer: sequence number and echoed stamp of each PUSH received. spec: kcp 4.2 */
final class AckList {
    private static final int FIRST_SLOTS = 16;

    private int[] sns = new int[FIRST_SLOTS];
    private int[] stamps = new int[FIRST_SLOTS];
    private int size;

    void add(int sn, int ts) {
        if (size == sns.length) {
            sns = Arrays.copyOf(sns, size * 2);
            stamps = Arrays.copyOf(stamps, size * 2);
        }
        sns[size] = sn;
        stamps[size] = ts;
        size++;
    }

    int size() {
        return size;
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
