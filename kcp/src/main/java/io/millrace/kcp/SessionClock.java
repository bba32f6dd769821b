package io.millrace.kcp;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/** Milliseconds since the process began, low 32 bits: the one place where time enters sessions. spec: kcp 4.2 */
final class SessionClock {
    private SessionClock() {}

    static int nowMs(Ticker ticker) {
        return (int) TimeUnit.NANOSECONDS.toMillis(nowNs(ticker));
    }

    /** The same time in nanoseconds, all 64 bits. */
    static long nowNs(Ticker ticker) {
        return ticker.nanoTime() - ticker.initialNanoTime();
    }
}
