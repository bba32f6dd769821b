package io.millrace.kcp.wire;

/**
 * Arithmetic on 32-bit numbers that wrap: sequence numbers and millisecond stamps. An {@code int} holds the unsigned
 * value; order is the sign of the difference (spec: kcp, opening and 7.21).
 */
public final class Serial {
    private Serial() {}

    /** The signed distance from {@code b} to {@code a}; positive when {@code a} comes after {@code b}. */
    public static int diff(int a, int b) {
        return a - b;
    }

    /** Whether {@code a} comes before {@code b}. */
    public static boolean before(int a, int b) {
        return a - b < 0;
    }
}
