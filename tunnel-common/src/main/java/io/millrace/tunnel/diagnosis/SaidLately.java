package io.millrace.tunnel.diagnosis;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps a program from saying the same of the same host more often than once in a while, however many sessions and event
 * loops find it. Asked only when there is something to say; any thread, bounded.
 */
public final class SaidLately {
    static final long PERIOD_MS = 30_000;
    static final int MAX_LINES = 256;

    private record Line(Object what, InetAddress host) {}

    @SuppressWarnings("serial") // never written
    private final Map<Line, Long> saidMs = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Line, Long> eldest) {
            return size() > MAX_LINES;
        }
    };

    /** Nothing said yet. */
    public SaidLately() {}

    /** Whether it is time to say this; the caller then does. */
    synchronized boolean mayFirst(Object what, InetAddress host, long nowMs) {
        Line line = new Line(what, host);
        Long lastMs = saidMs.get(line);
        if (lastMs != null && nowMs - lastMs < PERIOD_MS) {
            return false;
        }
        saidMs.remove(line);
        saidMs.put(line, nowMs);
        return true;
    }
}
