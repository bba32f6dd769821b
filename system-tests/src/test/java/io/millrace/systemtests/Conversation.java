package io.millrace.systemtests;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A connection that is never silent: a thread sends a message, waits until it has come back whole, and so on until the
 * connection ends or {@link #close} is called. It is silent only while it is {@link #pause paused}.
 */
final class Conversation implements AutoCloseable {
    private static final int MESSAGE_BYTES = 4096;

    /** How it ended. */
    enum End {
        CLOSED_HERE,
        ENDED_BY_PEER,
        RESET
    }

    private final Socket socket;
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final AtomicLong messages = new AtomicLong();
    /** Fair, so that whoever wants a pause gets it. */
    private final Semaphore floor = new Semaphore(1, true);

    private volatile boolean closing;

    /** Connects; the other side must echo. */
    Conversation(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        Thread thread = new Thread(this::run, "conversation");
        thread.setDaemon(true);
        thread.start();
    }

    /** What the target of conversations does. */
    static void echo(Socket connection) throws IOException {
        connection.setSoTimeout(0);
        connection.getInputStream().transferTo(connection.getOutputStream());
    }

    private void run() {
        byte[] sent = new byte[MESSAGE_BYTES];
        byte[] received = new byte[MESSAGE_BYTES];
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (true) {
                floor.acquireUninterruptibly();
                try {
                    Arrays.fill(sent, (byte) messages.get());
                    out.write(sent);
                    in.readFully(received);
                } finally {
                    floor.release();
                }
                if (!Arrays.equals(sent, received)) {
                    end.completeExceptionally(new AssertionError("wrong data after " + messages + " messages"));
                    return;
                }
                messages.incrementAndGet();
            }
        } catch (EOFException e) {
            end.complete(closing ? End.CLOSED_HERE : End.ENDED_BY_PEER);
        } catch (IOException e) {
            end.complete(closing ? End.CLOSED_HERE : End.RESET);
        }
    }

    /** Messages that went there and back. */
    long messages() {
        return messages.get();
    }

    /** Waits for the answer to its last message; then it says nothing until {@link #goOn}. */
    void pause() {
        floor.acquireUninterruptibly();
    }

    /** Ends the pause. */
    void goOn() {
        floor.release();
    }

    boolean isOpen() {
        return !end.isDone();
    }

    /** How it ended; an error if it received wrong data. */
    End end() {
        return end.join();
    }

    @Override
    public void close() throws IOException {
        closing = true;
        socket.close();
    }
}
