package io.millrace.tunnel.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Looks names up off the event loops, since that can take seconds. Whoever asks for a name that is being looked up shares the
 * answer, so there are never more threads than names, however many ask. Any thread.
 */
public final class NameLookup {
    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();
    private final Resolver resolver;
    private final Executor threads;

    /** The system's resolver, or what stands in for it. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] addressesOf(String name) throws UnknownHostException;
    }

    /** Asks the system. */
    public NameLookup() {
        this(InetAddress::getAllByName, Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "millrace-lookup");
            thread.setDaemon(true);
            return thread;
        }));
    }

    NameLookup(Resolver resolver, Executor threads) {
        this.resolver = resolver;
        this.threads = threads;
    }

    /**
     * The addresses of a name, at least one, in the system's order; fails with {@link UnknownHostException} if it has none. It
     * always completes: who waits for it has nothing else to wake him.
     */
    public CompletableFuture<List<InetAddress>> addressesOf(String name) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> others = running.putIfAbsent(name, mine);
        if (others != null) {
            return others;
        }
        try {
            threads.execute(() -> lookUp(name, mine));
        } catch (RuntimeException | OutOfMemoryError noThread) { // the system has no more
            running.remove(name, mine);
            mine.completeExceptionally(noThread);
        }
        return mine;
    }

    private void lookUp(String name, CompletableFuture<List<InetAddress>> result) {
        try {
            List<InetAddress> found = List.of(resolver.addressesOf(name));
            running.remove(name, result);
            result.complete(found);
        } catch (Throwable failure) {
            running.remove(name, result);
            result.completeExceptionally(failure);
        }
    }
}
