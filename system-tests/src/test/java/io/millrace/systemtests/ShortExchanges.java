package io.millrace.systemtests;

import io.millrace.testkit.Seeds;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections as short as they can be: a question of some bytes, an answer that follows from it, the end. Over TCP or unix
 * sockets. This is the target; {@link #ask} is the application.
 */
final class ShortExchanges implements AutoCloseable {
    private static final int QUESTION_BYTES = Long.BYTES + 1;
    private static final int MAX_ANSWER_BYTES = 2048;
    private static final int TARGET_THREADS = 32;
    /** Only a hang lasts that long. */
    private static final long TIMEOUT_S = 90;

    /** Who closes the connection first. */
    enum FirstToClose {
        TARGET(0),
        APPLICATION(1);

        private final byte code;

        FirstToClose(int code) {
            this.code = (byte) code;
        }
    }

    private final ServerSocketChannel listener;
    private final ExecutorService threads = Executors.newFixedThreadPool(TARGET_THREADS, ShortExchanges::daemon);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger served = new AtomicInteger();

    /** Answers on a free loopback port. */
    ShortExchanges() throws IOException {
        this(Programs.loopback(0));
    }

    /** Answers on an address, TCP or unix. */
    ShortExchanges(SocketAddress address) throws IOException {
        boolean tcp = address instanceof InetSocketAddress;
        listener = tcp ? ServerSocketChannel.open() : ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(address, 4096);
        for (int i = 0; i < TARGET_THREADS; i++) {
            threads.execute(this::serve);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "short-exchanges");
        thread.setDaemon(true);
        return thread;
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    private void serve() {
        while (listener.isOpen()) {
            SocketChannel accepted;
            try {
                accepted = listener.accept();
            } catch (IOException closed) {
                return;
            }
            try (accepted) {
                answer(accepted);
                served.incrementAndGet();
            } catch (IOException e) {
                failures.add("at the target: " + e);
            }
        }
    }

    private static void answer(SocketChannel connection) throws IOException {
        ByteBuffer question = ByteBuffer.allocate(QUESTION_BYTES);
        readFully(connection, question);
        writeFully(connection, ByteBuffer.wrap(answerTo(question.getLong(0))));
        if (question.get(Long.BYTES) == FirstToClose.APPLICATION.code && connection.read(question.clear()) >= 0) {
            throw new IOException("more than the question");
        }
    }

    private static byte[] answerTo(long question) {
        SplittableRandom random = new SplittableRandom(question);
        byte[] answer = new byte[1 + random.nextInt(MAX_ANSWER_BYTES)];
        random.nextBytes(answer);
        return answer;
    }

    /** What went wrong at the target so far. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Connections that ended as they should so far. */
    int served() {
        return served.get();
    }

    /**
     * Asks by so many connections, as many at a time as there are threads.
     *
     * @return what went wrong
     */
    static List<String> ask(Seeds seeds, SocketAddress entrance, int threads, int connections, FirstToClose first)
            throws Exception {
        ExecutorService applications = Executors.newFixedThreadPool(threads, ShortExchanges::daemon);
        try {
            List<Future<List<String>>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                SplittableRandom questions = seeds.random(first + " " + i);
                all.add(applications.submit(() -> askInTurn(questions, entrance, connections / threads, first)));
            }
            List<String> failures = new ArrayList<>();
            for (Future<List<String>> one : all) {
                failures.addAll(one.get(TIMEOUT_S, TimeUnit.SECONDS));
            }
            return failures;
        } finally {
            applications.shutdownNow();
        }
    }

    private static List<String> askInTurn(
            SplittableRandom questions, SocketAddress entrance, int connections, FirstToClose first) {
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            try (SocketChannel connection = SocketChannel.open(entrance)) {
                ask(connection, questions.nextLong(), first);
            } catch (IOException e) {
                failures.add("connection " + i + ": " + e);
            }
        }
        return failures;
    }

    private static void ask(SocketChannel connection, long question, FirstToClose first) throws IOException {
        writeFully(
                connection,
                ByteBuffer.allocate(QUESTION_BYTES)
                        .putLong(question)
                        .put(first.code)
                        .flip());
        byte[] right = answerTo(question);
        byte[] answer = new byte[right.length];
        readFully(connection, ByteBuffer.wrap(answer));
        if (!Arrays.equals(answer, right)) {
            throw new IOException("a wrong answer");
        }
        if (first == FirstToClose.TARGET && connection.read(ByteBuffer.allocate(1)) >= 0) {
            throw new IOException("more than the answer");
        }
    }

    private static void readFully(SocketChannel connection, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (connection.read(into) < 0) {
                throw new EOFException("the end after " + into.position() + " of " + into.limit() + " bytes");
            }
        }
    }

    private static void writeFully(SocketChannel connection, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
