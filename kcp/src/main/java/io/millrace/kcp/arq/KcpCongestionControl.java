package io.millrace.kcp.arq;

/** KCP's own slow start and congestion avoidance: what {@code nc=0} means. spec: kcp 4.9 */
final class KcpCongestionControl implements CongestionControl {
    private static final int MIN_THRESHOLD = 2;

    private final int mssBytes;
    /** Added to the threshold after a fast retransmission; -1 without a fast threshold, as upstream wraps. */
    private final int inflation;

    private int threshold = MIN_THRESHOLD;
    // Starts at 1, what upstream's first (empty) flush makes of its 0.
    private int window = 1;
    /** Window in bytes, the finer counter of congestion avoidance. */
    private int windowBytes;

    KcpCongestionControl(int mssBytes, int fastResend) {
        this.mssBytes = mssBytes;
        this.inflation = fastResend > 0 ? fastResend : -1;
        this.windowBytes = mssBytes;
    }

    @Override
    public int windowSegments() {
        return window;
    }

    @Override
    public void onAcked(int segments, int remoteWindowSegments, int nowMs) {
        if (window >= remoteWindowSegments) {
            return;
        }
        if (window < threshold) {
            window++;
            windowBytes += mssBytes;
        } else {
            windowBytes = Math.max(windowBytes, mssBytes);
            windowBytes += mssBytes * mssBytes / windowBytes + mssBytes / 16;
            if ((window + 1) * mssBytes <= windowBytes) {
                window = (windowBytes + mssBytes - 1) / mssBytes;
            }
        }
        if (window > remoteWindowSegments) {
            window = remoteWindowSegments;
            windowBytes = remoteWindowSegments * mssBytes;
        }
    }

    @Override
    public void onFastRetransmit(int segments, int inFlightSegments, int nowMs) {
        threshold = Math.max(inFlightSegments / 2, MIN_THRESHOLD);
        window = (int) Math.max(1, Math.min(KcpConfig.MAX_WINDOW, (long) threshold + inflation));
        windowBytes = window * mssBytes;
    }

    @Override
    public void onTimeout(int segments, int effectiveWindowSegments, int nowMs) {
        threshold = Math.max(effectiveWindowSegments / 2, MIN_THRESHOLD);
        window = 1;
        windowBytes = mssBytes;
    }
}
