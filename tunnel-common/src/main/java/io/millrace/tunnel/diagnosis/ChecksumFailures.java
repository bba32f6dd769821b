package io.millrace.tunnel.diagnosis;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts packets that failed their checksum by the host they came from, and tells when one has sent so many that they are
 * no accident: packets damaged on the way are few, and strangers try a port once or twice. Bounded; pure, one thread.
 */
final class ChecksumFailures {
    /** Hosts remembered: those heard last. */
    static final int MAX_HOSTS = 64;

    static final long MIN_PACKETS = 3;
    static final long MIN_SPAN_MS = 1_000;
    /** A host that was silent for so long begins anew. */
    static final long FORGET_MS = 30_000;
    /** The time between two reports of a host. */
    static final long REPEAT_MS = 60_000;
    /** The time between any two reports. */
    static final long ANY_REPEAT_MS = 1_000;

    private static final class Host {
        long packets;
        long firstMs;
        long lastMs;
        boolean said;
        long saidMs;
    }

    @SuppressWarnings("serial") // never written
    private final Map<InetAddress, Host> hosts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Host> eldest) {
            return size() > MAX_HOSTS;
        }
    };

    private boolean saidAny;
    private long saidAnyMs;

    /**
     * Takes note of a packet.
     *
     * @return 0, or how many packets of this host are to be reported now
     */
    long onFailure(InetAddress from, long nowMs) {
        Host host = hosts.get(from);
        if (host == null) {
            host = new Host();
            hosts.put(from, host);
        }
        if (host.packets == 0 || nowMs - host.lastMs >= FORGET_MS) {
            host.packets = 0;
            host.firstMs = nowMs;
            host.said = false;
        }
        host.packets++;
        host.lastMs = nowMs;
        boolean enough = host.packets >= MIN_PACKETS && nowMs - host.firstMs >= MIN_SPAN_MS;
        boolean due = !host.said || nowMs - host.saidMs >= REPEAT_MS;
        if (!enough || !due || (saidAny && nowMs - saidAnyMs < ANY_REPEAT_MS)) {
            return 0;
        }
        host.said = true;
        host.saidMs = nowMs;
        saidAny = true;
        saidAnyMs = nowMs;
        return host.packets;
    }

    int hosts() {
        return hosts.size();
    }
}
