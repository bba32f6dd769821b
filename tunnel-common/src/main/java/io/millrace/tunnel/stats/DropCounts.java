package io.millrace.tunnel.stats;

import io.millrace.kcp.DropReason;
import io.millrace.smux.SmuxDropReason;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What was dropped, by the reason: datagrams, and frames inside of sessions. Of one event loop and used there, or a sum.
 */
@SuppressWarnings("EnumOrdinal") // arrays by reason count without boxing; ordinals never leave this class
final class DropCounts {
    private final long[] datagrams = new long[DropReason.values().length];
    private final long[] frames = new long[SmuxDropReason.values().length];

    void count(DropReason reason) {
        datagrams[reason.ordinal()]++;
    }

    void count(SmuxDropReason reason) {
        frames[reason.ordinal()]++;
    }

    long of(DropReason reason) {
        return datagrams[reason.ordinal()];
    }

    long of(SmuxDropReason reason) {
        return frames[reason.ordinal()];
    }

    /** Makes this the sum of both. */
    void add(DropCounts other) {
        addEach(other.datagrams, datagrams);
        addEach(other.frames, frames);
    }

    private static void addEach(long[] from, long[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] += from[i];
        }
    }

    /** One line with each reason that there was, for the log; empty if nothing was dropped. */
    String describe() {
        String ofDatagrams = describe("datagrams", DropReason.values(), this::of);
        String ofFrames = describe("frames", SmuxDropReason.values(), this::of);
        String between = ofDatagrams.isEmpty() || ofFrames.isEmpty() ? "" : ", ";
        return ofDatagrams + between + ofFrames;
    }

    private static <E extends Enum<E>> String describe(String what, E[] reasons, ToLongFunction<E> count) {
        String each = Arrays.stream(reasons)
                .filter(reason -> count.applyAsLong(reason) > 0)
                .map(reason -> reason.name().toLowerCase(Locale.ROOT) + ":" + count.applyAsLong(reason))
                .collect(Collectors.joining(" "));
        return each.isEmpty() ? "" : what + " {" + each + "}";
    }
}
