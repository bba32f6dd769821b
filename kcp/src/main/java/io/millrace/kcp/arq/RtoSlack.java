package io.millrace.kcp.arq;

/**
 * How much longer than the RTO a segment's first timeout may take while many are in flight: the RTO is a guess that lies a
 * few milliseconds above the mean round trip, and with a full window each guess too low repeats hundreds of segments that
 * are only late. Applies to a segment sent once that no later acknowledgement has overtaken; further timeouts are as ever.
 *
 * @param shift the first timeout is RTO x (1 + 2^-shift), 1..{@link #MAX_SHIFT}; 0 for no slack
 * @param minInFlightSegments with fewer segments sent and unacknowledged there is no slack, 0 or more
 */
public record RtoSlack(int shift, int minInFlightSegments) {
    /** Timeouts as kcp-go has them. */
    public static final RtoSlack NONE = new RtoSlack(0, 0);

    /** Largest shift: beyond it nothing is left of any RTO. */
    public static final int MAX_SHIFT = 16;

    /** Checks the ranges. */
    public RtoSlack {
        if (shift < 0 || shift > MAX_SHIFT) {
            throw new IllegalArgumentException("shift " + shift + ": allowed are 0.." + MAX_SHIFT);
        }
        if (minInFlightSegments < 0) {
            throw new IllegalArgumentException("minInFlightSegments " + minInFlightSegments + ": must not be negative");
        }
    }

    /** What is added to a first timeout of {@code rtoMs}, in milliseconds. */
    int slackMs(int rtoMs, int inFlightSegments) {
        return shift == 0 || inFlightSegments < minInFlightSegments ? 0 : rtoMs >> shift;
    }
}
