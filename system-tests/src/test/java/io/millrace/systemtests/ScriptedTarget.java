package io.millrace.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A tunnel's target that does with each connection what a test says, on a thread of its own. */
final class ScriptedTarget implements AutoCloseable {
    /** Only a hang lasts that long. */
    static final int TIMEOUT_MS = 90_000;

    /** What to do with a connection; it is closed afterwards. */
    @FunctionalInterface
    interface Script {
        void run(Socket socket) throws IOException;
    }

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "scripted-target");
        thread.setDaemon(true);
        return thread;
    });
    private final BlockingQueue<CompletableFuture<Void>> ended = new LinkedBlockingQueue<>();

    ScriptedTarget(Script script) throws IOException {
        this(script, 0);
    }

    /** With so much room in the kernel for what a connection has not read yet; 0 = what the kernel finds right, up to 32 MiB. */
    ScriptedTarget(Script script, int receiveBufferBytes) throws IOException {
        server = new ServerSocket();
        if (receiveBufferBytes > 0) {
            server.setReceiveBufferSize(receiveBufferBytes); // inherited; fixes what would grow
        }
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        threads.execute(() -> accept(script));
    }

    private void accept(Script script) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> run(script, socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void run(Script script, Socket socket) {
        try (socket) {
            socket.setSoTimeout(TIMEOUT_MS);
            script.run(socket);
            ended.add(CompletableFuture.completedFuture(null));
        } catch (IOException | RuntimeException | AssertionError e) {
            ended.add(CompletableFuture.failedFuture(e));
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** Waits until the next connection's script has ended; its failure becomes this call's. */
    void awaitEnded() throws InterruptedException, TimeoutException {
        try {
            next().get();
        } catch (ExecutionException e) {
            throw new AssertionError("at the target: " + e.getCause(), e.getCause());
        }
    }

    /** Waits until the next connection's script has ended, well or with an error. */
    void awaitEndedSomehow() throws InterruptedException, TimeoutException {
        next();
    }

    /** Waits until the next connection's script has failed; answers why. */
    Throwable awaitFailure() throws InterruptedException, TimeoutException {
        try {
            next().get();
            throw new AssertionError("the target's connection ended well");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return cause == null ? e : cause;
        }
    }

    private CompletableFuture<Void> next() throws InterruptedException, TimeoutException {
        CompletableFuture<Void> next = ended.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new TimeoutException("the target's connection did not end");
        }
        return next;
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
