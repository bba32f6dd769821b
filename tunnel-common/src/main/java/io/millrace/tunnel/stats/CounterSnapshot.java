package io.millrace.tunnel.stats;

import static io.millrace.tunnel.stats.SnmpCounter.FEC_ERRS;
import static io.millrace.tunnel.stats.SnmpCounter.FEC_FULL_SHARDS;
import static io.millrace.tunnel.stats.SnmpCounter.FEC_PARITY_SHARDS;
import static io.millrace.tunnel.stats.SnmpCounter.FEC_RECOVERED;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** All counters at one moment. Immutable. */
public final class CounterSnapshot {
    /** The order of upstream's structure, which is that of the columns but for these four. */
    private static final List<SnmpCounter> DUMP_ORDER = dumpOrder();

    private final long[] values;
    private final DropCounts dropped = new DropCounts();

    /**
     * Copies both.
     *
     * @param values one for each counter, in their order
     */
    CounterSnapshot(long[] values, DropCounts dropped) {
        this.values = values.clone();
        this.dropped.add(dropped);
    }

    /** All at zero. */
    static CounterSnapshot zero() {
        return new CounterSnapshot(new long[SnmpCounter.values().length], new DropCounts());
    }

    /** The counters of two event loops as one. */
    CounterSnapshot plus(CounterSnapshot other) {
        CounterSnapshot sum = new CounterSnapshot(values, dropped);
        SnmpCounter.join(other.values, sum.values);
        sum.dropped.add(other.dropped);
        return sum;
    }

    /** These with another value of one. */
    @SuppressWarnings("EnumOrdinal") // the array is in the enum's order
    CounterSnapshot with(SnmpCounter counter, long value) {
        CounterSnapshot copy = new CounterSnapshot(values, dropped);
        copy.values[counter.ordinal()] = value;
        return copy;
    }

    private static List<SnmpCounter> dumpOrder() {
        List<SnmpCounter> order = new ArrayList<>(Arrays.asList(SnmpCounter.values()));
        int first = order.indexOf(FEC_FULL_SHARDS);
        Collections.copy(
                order.subList(first, first + 4), List.of(FEC_FULL_SHARDS, FEC_RECOVERED, FEC_ERRS, FEC_PARITY_SHARDS));
        return List.copyOf(order);
    }

    /** One counter's value, 0 or more. */
    @SuppressWarnings("EnumOrdinal") // the array is in the enum's order
    public long value(SnmpCounter counter) {
        return values[counter.ordinal()];
    }

    /** The first line of the CSV file, without its end. */
    static String csvHeader() {
        return Stream.concat(
                        Stream.of("Unix"), Arrays.stream(SnmpCounter.values()).map(SnmpCounter::column))
                .collect(Collectors.joining(","));
    }

    /** A line of the CSV file, without its end. */
    String csvRow(long unixSeconds) {
        return LongStream.concat(LongStream.of(unixSeconds), Arrays.stream(values))
                .mapToObj(Long::toString)
                .collect(Collectors.joining(","));
    }

    /** All counters in one line, as upstream logs them on SIGUSR1. spec: tunnel 8.2 */
    public String dump() {
        return DUMP_ORDER.stream()
                .map(counter ->
                        (counter == FEC_FULL_SHARDS ? "FECFullShardSet" : counter.column()) + ":" + value(counter))
                .collect(Collectors.joining(" ", "KCP SNMP:&{", "}"));
    }

    /** What was dropped since the start, by the reason, in one line; empty if nothing was. */
    public String dropped() {
        return dropped.describe();
    }

    @Override
    public String toString() {
        return dump();
    }
}
