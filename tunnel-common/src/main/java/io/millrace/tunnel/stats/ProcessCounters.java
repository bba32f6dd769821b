package io.millrace.tunnel.stats;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * The counters of the whole program: the sum over its event loops. Only the numbers of sessions are kept in one place, as
 * their largest sum cannot be had otherwise; they change when sessions come and go, under a lock. Any thread.
 */
public final class ProcessCounters {
    private final boolean opensSessions;
    private final List<Part> parts = new CopyOnWriteArrayList<>();

    private long established;
    private long mostEstablished;
    private long opens;

    private record Part(LoopCounters counters, Executor loop) {}

    private ProcessCounters(boolean opensSessions) {
        this.opensSessions = opensSessions;
    }

    /** Of a program that begins sessions. */
    public static ProcessCounters ofClient() {
        return new ProcessCounters(true);
    }

    /** Of a program whose peers begin them. */
    public static ProcessCounters ofServer() {
        return new ProcessCounters(false);
    }

    /** What counts on one event loop: to be told of the sessions and drops of the sockets there. */
    public LoopCounters onLoop(Executor loop) {
        LoopCounters counters = new LoopCounters(this);
        parts.add(new Part(counters, loop));
        return counters;
    }

    synchronized void onOpened() {
        opens++;
        established++;
        mostEstablished = Math.max(mostEstablished, established);
    }

    synchronized void onClosed() {
        established--;
    }

    /** Asks all event loops; completes on the last one's thread, or fails if a loop has been shut down. */
    public CompletableFuture<CounterSnapshot> snapshot() {
        CompletableFuture<CounterSnapshot> sum = CompletableFuture.completedFuture(CounterSnapshot.zero());
        for (Part part : parts) {
            sum = sum.thenCombine(CompletableFuture.supplyAsync(part.counters::read, part.loop), CounterSnapshot::plus);
        }
        return sum.thenApply(this::withSessions);
    }

    private synchronized CounterSnapshot withSessions(CounterSnapshot sum) {
        return sum.with(SnmpCounter.MAX_CONN, mostEstablished)
                .with(opensSessions ? SnmpCounter.ACTIVE_OPENS : SnmpCounter.PASSIVE_OPENS, opens)
                .with(SnmpCounter.CURR_ESTAB, established);
    }
}
