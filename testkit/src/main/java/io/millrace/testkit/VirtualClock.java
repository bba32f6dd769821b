package io.millrace.testkit;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time and the events that wait in it. Time moves only when a test moves it, and events run on the caller's thread in
 * order of time, those of equal time in the order they were scheduled: the same calls give the same run, always.
 *
 * <p>Times are absolute: they count from the clock's own zero, and the clock may start anywhere (near 2^31 or 2^32 ms to try
 * wrap-around). Milliseconds are the nanoseconds divided by 1,000,000, rounded down. Not thread-safe.
 */
public final class VirtualClock {
    /** What {@link #nextEventNs()} answers when nothing is scheduled. */
    public static final long NO_EVENT = Long.MAX_VALUE;

    static final long NS_PER_MS = 1_000_000;

    /** So many events without time moving mean that two parties wake each other for ever. */
    private static final int MAX_EVENTS_AT_ONE_TIME = 1_000_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNs;
    private long scheduled;
    private int eventsAtThisTime;

    /** A clock that starts at 0. */
    public VirtualClock() {
        this(0);
    }

    private VirtualClock(long startNs) {
        this.nowNs = startNs;
    }

    /** A clock whose first reading is {@code startMs} milliseconds (0 or more). */
    public static VirtualClock startingAtMs(long startMs) {
        if (startMs < 0) {
            throw new IllegalArgumentException("startMs is " + startMs + ", must be 0 or more");
        }
        return new VirtualClock(Math.multiplyExact(startMs, NS_PER_MS));
    }

    public long nowMs() {
        return nowNs / NS_PER_MS;
    }

    public long nowNs() {
        return nowNs;
    }

    /** Runs {@code task} at {@code atMs}; a time that has passed means now (in the next step, not inside this call). */
    public Event schedule(long atMs, Runnable task) {
        return scheduleNs(Math.multiplyExact(atMs, NS_PER_MS), task);
    }

    /** {@link #schedule} to the nanosecond. */
    public Event scheduleNs(long atNs, Runnable task) {
        Event event = new Event(Math.max(atNs, nowNs), scheduled++, task);
        events.add(event);
        return event;
    }

    /** Runs {@code task} {@code delayMs} milliseconds from now. */
    public Event scheduleAfter(long delayMs, Runnable task) {
        return scheduleNs(Math.addExact(nowNs, Math.multiplyExact(delayMs, NS_PER_MS)), task);
    }

    /** The time of the next event, or {@link #NO_EVENT}. */
    public long nextEventNs() {
        Event next = next();
        return next == null ? NO_EVENT : next.atNs;
    }

    /** How many events wait. */
    public int pendingEvents() {
        events.removeIf(Event::isCancelled);
        return events.size();
    }

    /** Goes to the next event and runs it; false, and time stays, when there is none. */
    public boolean step() {
        Event event = next();
        if (event == null) {
            return false;
        }
        events.remove();
        moveTo(event.atNs);
        if (++eventsAtThisTime > MAX_EVENTS_AT_ONE_TIME) {
            throw new IllegalStateException(
                    "more than " + MAX_EVENTS_AT_ONE_TIME + " events at " + nowNs + " ns: time does not move on");
        }
        event.run();
        return true;
    }

    /** Runs all events up to and at {@code ms}, those scheduled on the way too; then the time is {@code ms}. */
    public void runUntil(long ms) {
        runUntilNs(Math.multiplyExact(ms, NS_PER_MS));
    }

    /** {@link #runUntil(long)} to the nanosecond. */
    public void runUntilNs(long ns) {
        if (ns < nowNs) {
            throw new IllegalArgumentException("time cannot go back from " + nowNs + " to " + ns + " ns");
        }
        while (nextEventNs() <= ns && step()) {
            // step does it all
        }
        moveTo(ns);
    }

    /** Runs events until {@code condition} holds (asked first, then after each event) or {@code limitMs} is reached. */
    public boolean runUntil(BooleanSupplier condition, long limitMs) {
        long limitNs = Math.multiplyExact(limitMs, NS_PER_MS);
        while (!condition.getAsBoolean()) {
            if (nextEventNs() > limitNs) {
                moveTo(Math.max(limitNs, nowNs));
                return false;
            }
            step();
        }
        return true;
    }

    /** {@link #runUntil(long)} {@code ms} milliseconds from now. */
    public void advance(long ms) {
        advanceNs(Math.multiplyExact(ms, NS_PER_MS));
    }

    /** {@link #advance} to the nanosecond. */
    public void advanceNs(long ns) {
        runUntilNs(Math.addExact(nowNs, ns));
    }

    private @Nullable Event next() {
        Event event = events.peek();
        while (event != null && event.isCancelled()) {
            events.remove();
            event = events.peek();
        }
        return event;
    }

    private void moveTo(long ns) {
        if (ns != nowNs) {
            nowNs = ns;
            eventsAtThisTime = 0;
        }
    }

    /** One scheduled run. */
    public static final class Event implements Comparable<Event> {
        private final long atNs;
        private final long order;
        private final Runnable task;
        private boolean cancelled;

        private Event(long atNs, long order, Runnable task) {
            this.atNs = atNs;
            this.order = order;
            this.task = task;
        }

        /** It will not run; without effect once it ran. */
        public void cancel() {
            cancelled = true;
        }

        public boolean isCancelled() {
            return cancelled;
        }

        public long atNs() {
            return atNs;
        }

        private void run() {
            task.run();
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
