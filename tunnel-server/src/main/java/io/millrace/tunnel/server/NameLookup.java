package io.millrace.tunnel.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Looks names up off the event loops, since that can take seconds. Whoever asks for a name that is being looked up shares the
 * answer, so there are never more threads than names, however many streams come. Any thread.
 */
final class NameLookup {
    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();
    private final Resolver resolver;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "millrace-lookup");
        thread.setDaemon(true);
        return thread;
    });

    /** The system's resolver, or what stands in for it. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] addressesOf(String name) throws UnknownHostException;
    }

    /** Asks the system. */
    NameLookup() {
        this(InetAddress::getAllByName);
    }

    NameLookup(Resolver resolver) {
        this.resolver = resolver;
    }

    /** The addresses of a name, at least one, in the system's order; fails if it has none. */
    CompletableFuture<List<InetAddress>> addressesOf(String name) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> others = running.putIfAbsent(name, mine);
        if (others != null) {
            return others;
        }
        threads.execute(() -> {
            try {
                List<InetAddress> found = List.of(resolver.addressesOf(name));
                running.remove(name);
                mine.complete(found);
            } catch (UnknownHostException | RuntimeException e) {
                running.remove(name);
                mine.completeExceptionally(new CompletionException(e));
            }
        });
        return mine;
    }
}
