package io.millrace.tunnel.compression;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many peers' streams could not be decompressed since the program's start, by the reason. Any thread. */
public final class CompressionErrors {
    private final Map<Enum<?>, Long> counts = new ConcurrentHashMap<>();

    /** Nothing counted yet. */
    public CompressionErrors() {}

    /** Counts one; returns how many of its reason there were, this one included. */
    public long count(CompressionFormatException error) {
        return counts.merge(error.reason(), 1L, Long::sum);
    }

    /** How many there were of a reason, a {@code Reason} of one of the formats. */
    public long of(Enum<?> reason) {
        return counts.getOrDefault(reason, 0L);
    }
}
