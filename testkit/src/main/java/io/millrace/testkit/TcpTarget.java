package io.millrace.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small TCP server on a free loopback port for a tunnel to lead to: one thread accepts, and each of a bounded number of
 * connections has one; further connections wait in the backlog. All methods may be called from any thread.
 */
public abstract sealed class TcpTarget implements AutoCloseable permits EchoServer, DigestServer, SourceServer {
    static final int DEFAULT_MAX_CONNECTIONS = 64;

    private static final int BACKLOG = 1024;
    private static final long CLOSE_WAIT_S = 10;

    private final ServerSocket server;
    private final Semaphore free;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong finished = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final ExecutorService threads;
    private volatile boolean closed;

    TcpTarget(String name, int maxConnections) throws IOException {
        free = new Semaphore(maxConnections);
        server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        threads = Executors.newFixedThreadPool(maxConnections + 1, task -> {
            Thread thread = new Thread(task, name + "-" + server.getLocalPort());
            thread.setDaemon(true);
            return thread;
        });
    }

    final void start() {
        threads.execute(this::accept);
    }

    /** Serves one connection to its end; the socket is closed afterwards. */
    abstract void serve(Socket socket) throws IOException;

    public final InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    public final int port() {
        return server.getLocalPort();
    }

    /** Connections accepted so far. */
    public final long accepted() {
        return accepted.get();
    }

    /** Connections served to their regular end. */
    public final long finished() {
        return finished.get();
    }

    /** Connections that ended with an error (reset, or cut by {@link #close}). */
    public final long broken() {
        return broken.get();
    }

    /** Connections served now. */
    public final int open() {
        return open.size();
    }

    private void accept() {
        try {
            while (!closed) {
                free.acquire();
                Socket socket = server.accept();
                open.add(socket);
                accepted.incrementAndGet();
                threads.execute(() -> run(socket));
            }
        } catch (IOException | InterruptedException | RejectedExecutionException e) {
            if (!closed) {
                throw new IllegalStateException("accept failed", e);
            }
        } finally {
            closeOpen(); // one that came while close() went through them
        }
    }

    private void run(Socket socket) {
        try (socket) {
            serve(socket);
            finished.incrementAndGet();
        } catch (IOException e) {
            broken.incrementAndGet();
        } finally {
            open.remove(socket);
            free.release();
        }
    }

    /** Stops accepting, cuts the open connections and waits for the threads to end. */
    @Override
    public final void close() {
        closed = true;
        try {
            server.close();
            closeOpen();
            threads.shutdownNow();
            if (!threads.awaitTermination(CLOSE_WAIT_S, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a connection of the server on port " + port() + " does not end");
            }
        } catch (IOException e) {
            throw new IllegalStateException("closing port " + port() + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeOpen() {
        for (Socket socket : new ArrayList<>(open)) {
            try {
                socket.close();
            } catch (IOException e) {
                broken.incrementAndGet();
            }
        }
    }
}
