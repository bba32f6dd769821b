package io.millrace.smux.core;

/** The activity flag of a session: tested and cleared once a timeout period. spec: smux 12 */
public final class KeepAlive {
    private boolean active;
    private boolean everActive;

    /** Any inbound byte, or reading that resumes. */
    public void onActivity() {
        active = true;
        everActive = true;
    }

    /**
     * One timeout period is over.
     *
     * @param exempt whether we do not read ourselves, so that silence proves nothing
     * @return whether the peer is to be given up
     */
    public boolean onTimeoutTick(boolean exempt) {
        boolean dead = !active && !exempt;
        active = false;
        return dead;
    }

    /** Whether anything was ever received. */
    public boolean isEverActive() {
        return everActive;
    }
}
