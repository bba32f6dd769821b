package io.millrace.smux.core;

/**
 * When keep-alive frames go out: each interval, as of smux. Of two ends that both do so, one can follow: its frame leaves when the
 * peer's comes in, if it is nearly due, so that it shares a packet with the acknowledgement of that. A round of both ends then takes
 * three packets instead of four, and wakes a sleeping radio once instead of twice. The follower's own time is a little later, else
 * the frames of both would cross. A frame is never sent more often than each three quarters of the interval. spec: smux 12
 */
public final class PingSchedule {
    private final long intervalNs;
    private final long slackNs;
    private final boolean follows;
    private long dueNs;

    /**
     * @param timeoutNs after which the peer takes silence for the end, at least {@code intervalNs}; even a follower sends sooner,
     *     if the interval leaves room for that
     * @param nowNs time in nanoseconds of any origin; the first frame is due an interval later
     */
    public PingSchedule(long intervalNs, long timeoutNs, boolean follows, long nowNs) {
        this.intervalNs = intervalNs;
        this.follows = follows;
        this.slackNs = follows ? Math.max(0, Math.min(intervalNs / 8, (timeoutNs - intervalNs) / 2)) : 0;
        this.dueNs = nowNs + intervalNs + slackNs;
    }

    /** When the next frame is due if none of the peer's comes before. */
    public long dueNs() {
        return dueNs;
    }

    /** A keep-alive frame of the peer came in: whether ours is to go out now, and counts as sent. */
    public boolean onPeerPing(long nowNs) {
        if (!follows || dueNs - slackNs - nowNs > intervalNs / 4) {
            return false;
        }
        dueNs = nowNs + intervalNs + slackNs;
        return true;
    }

    /** Whether a frame is due, which then counts as sent. Those missed while the program stood still are not made up for. */
    public boolean poll(long nowNs) {
        if (nowNs - dueNs < 0) {
            return false;
        }
        dueNs += intervalNs + slackNs;
        if (nowNs - dueNs >= 0) {
            dueNs = nowNs + intervalNs + slackNs;
        }
        return true;
    }
}
