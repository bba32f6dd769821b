package io.millrace.kcp.arq;

import io.millrace.kcp.wire.Serial;

/** When to ask a peer that told a window of 0 whether it has opened again. spec: kcp 4.7 (2) */
final class WindowProbe {
    static final int FIRST_WAIT_MS = 500;
    static final int MAX_WAIT_MS = 120_000;

    /** 0: not probing. */
    private int waitMs;

    private int dueMs;
    private boolean asked;

    /** Follows the window that the peer told last: starts waiting at 0, stops above. */
    void observe(int remoteWindowSegments, int nowMs) {
        if (remoteWindowSegments > 0) {
            waitMs = 0;
        } else if (waitMs == 0) {
            waitMs = FIRST_WAIT_MS;
            dueMs = nowMs + waitMs;
        }
    }

    /** Lets the next {@link #poll} say yes, whatever the window is. */
    void ask() {
        asked = true;
    }

    /** Whether to ask now; if it was time for it, the next wait is half as long again. */
    boolean poll(int nowMs) {
        if (asked) {
            asked = false;
            return true;
        }
        if (waitMs == 0 || Serial.before(nowMs, dueMs)) {
            return false;
        }
        waitMs = Math.min(MAX_WAIT_MS, waitMs + waitMs / 2);
        dueMs = nowMs + waitMs;
        return true;
    }

    /** Milliseconds until {@link #poll} says yes; {@link Integer#MAX_VALUE} when not probing. */
    int msUntilNext(int nowMs) {
        if (asked) {
            return 0;
        }
        return waitMs == 0 ? Integer.MAX_VALUE : Math.max(0, Serial.diff(dueMs, nowMs));
    }
}
