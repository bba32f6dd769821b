package io.millrace.kcp.arq;

import io.millrace.kcp.wire.KcpSegmentHeader;

/**
 * Settings of one KCP session; each end has its own, nothing is negotiated. spec: kcp 4.1, 4.2
 *
 * @param mtuBytes most bytes of segments in one packet, headers of segments included, 25..1500
 * @param sendWindowSegments 1..65535
 * @param receiveWindowSegments 1..65535 (a 16-bit field advertises it)
 * @param noDelay lowers the least RTO from 100 to 30 ms and lets timeouts grow half as fast
 * @param intervalMs longest time an acknowledgement waits, 10..5000
 * @param fastResend later acknowledgements after which a segment is sent again, 0 for never
 * @param congestionControl whether KCP's own congestion window applies ({@code nc=0})
 * @param ackNoDelay whether every batch of input is acknowledged at once
 * @param rtoSlack longer first timeouts while many segments are in flight
 */
public record KcpConfig(
        int mtuBytes,
        int sendWindowSegments,
        int receiveWindowSegments,
        boolean noDelay,
        int intervalMs,
        int fastResend,
        boolean congestionControl,
        boolean ackNoDelay,
        RtoSlack rtoSlack) {
    /** Largest window. */
    public static final int MAX_WINDOW = 65_535;

    static final int MIN_INTERVAL_MS = 10;
    static final int MAX_INTERVAL_MS = 5000;

    /** Checks every range; {@code intervalMs} is clamped, as upstream does. */
    public KcpConfig {
        intervalMs = Math.max(MIN_INTERVAL_MS, Math.min(MAX_INTERVAL_MS, intervalMs));
        check("mtuBytes", mtuBytes, KcpSegmentHeader.BYTES + 1, SegmentPool.SEGMENT_BYTES);
        check("sendWindowSegments", sendWindowSegments, 1, MAX_WINDOW);
        check("receiveWindowSegments", receiveWindowSegments, 1, MAX_WINDOW);
        check("fastResend", fastResend, 0, Integer.MAX_VALUE);
    }

    /** Settings with kcp-go's own timeouts. */
    public KcpConfig(
            int mtuBytes,
            int sendWindowSegments,
            int receiveWindowSegments,
            boolean noDelay,
            int intervalMs,
            int fastResend,
            boolean congestionControl,
            boolean ackNoDelay) {
        this(
                mtuBytes,
                sendWindowSegments,
                receiveWindowSegments,
                noDelay,
                intervalMs,
                fastResend,
                congestionControl,
                ackNoDelay,
                RtoSlack.NONE);
    }

    /** The same with packets of another size. */
    public KcpConfig withMtuBytes(int bytes) {
        return new KcpConfig(
                bytes,
                sendWindowSegments,
                receiveWindowSegments,
                noDelay,
                intervalMs,
                fastResend,
                congestionControl,
                ackNoDelay,
                rtoSlack);
    }

    /** Payload bytes of a full segment. */
    public int mssBytes() {
        return mtuBytes - KcpSegmentHeader.BYTES;
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + ": allowed are " + least + ".." + most);
        }
    }
}
