package io.millrace.testkit;

import java.util.concurrent.atomic.AtomicLongArray;

/** The counters behind {@link LinkCounters}: one thread adds, any thread may take a snapshot. */
@SuppressWarnings("EnumOrdinal") // an array index, stored nowhere
final class LiveCounters {
    enum Kind {
        SENT,
        SENT_BYTES,
        DELIVERED,
        DELIVERED_BYTES,
        LOST,
        BLACKOUT_DROPPED,
        MTU_DROPPED,
        QUEUE_DROPPED,
        UNDELIVERABLE,
        DUPLICATED,
        CORRUPTED,
        REORDERED
    }

    private final AtomicLongArray values = new AtomicLongArray(Kind.values().length);

    void add(Kind kind, long amount) {
        int i = kind.ordinal();
        values.setRelease(i, values.getPlain(i) + amount);
    }

    LinkCounters snapshot() {
        return new LinkCounters(
                get(Kind.SENT),
                get(Kind.SENT_BYTES),
                get(Kind.DELIVERED),
                get(Kind.DELIVERED_BYTES),
                get(Kind.LOST),
                get(Kind.BLACKOUT_DROPPED),
                get(Kind.MTU_DROPPED),
                get(Kind.QUEUE_DROPPED),
                get(Kind.UNDELIVERABLE),
                get(Kind.DUPLICATED),
                get(Kind.CORRUPTED),
                get(Kind.REORDERED));
    }

    private long get(Kind kind) {
        return values.getAcquire(kind.ordinal());
    }
}
