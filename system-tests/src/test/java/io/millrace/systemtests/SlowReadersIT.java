package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Many sessions whose data nobody takes, more of it than the server has memory for: all stand still, what is new gets
 * through, and when the data is taken all of it has come.
 */
class SlowReadersIT {
    private static final int SESSIONS = 32;
    /**
     * Nearly twice a session's buffer, its windows and the kernel's buffers together; times the sessions, six times the server's
     * memory.
     */
    private static final int BYTES = 12 << 20;

    /** Else the kernel may hold some 30 MB of a connection, and there is nothing to stand still for. */
    private static final int KERNEL_BUFFER_BYTES = 64 << 10;

    private static final int PIECE_BYTES = 64 << 10;
    private static final byte STAND = 's';
    private static final byte ANSWER = 'a';
    private static final Duration PATIENCE = Duration.ofSeconds(80);

    private final CountDownLatch taken = new CountDownLatch(1);
    private final AtomicLong written = new AtomicLong();

    /** The first byte says whether to answer, or to leave what comes alone until the test says otherwise. */
    private void serve(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        if (in.read() == STAND) {
            try {
                taken.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            long count = 0;
            for (byte[] piece = in.readNBytes(PIECE_BYTES); piece.length > 0; piece = in.readNBytes(PIECE_BYTES)) {
                count += piece.length;
            }
            assertThat(count).isEqualTo(BYTES);
        }
        socket.getOutputStream().write(ANSWER);
    }

    private int send(Socket socket) {
        try {
            socket.getOutputStream().write(STAND);
            byte[] piece = new byte[PIECE_BYTES];
            for (int sent = 0; sent < BYTES; sent += PIECE_BYTES) {
                socket.getOutputStream().write(piece);
                written.addAndGet(PIECE_BYTES);
            }
            socket.shutdownOutput();
            return socket.getInputStream().read();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitStandstill() {
        AtomicLong before = new AtomicLong(-1);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> before.getAndSet(written.get()) == written.get());
        assertThat(written.get()).isLessThan((long) SESSIONS * BYTES);
    }

    @Test
    void togetherTheyHoldNoMoreThanThereIs() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        List<Socket> applications = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ScriptedTarget target = new ScriptedTarget(this::serve, KERNEL_BUFFER_BYTES);
                JavaProgram server = Programs.server()
                        .jvmFlags("-Xmx64m")
                        .args("-l", "127.0.0.1:" + udp, "-t", HostPort.format(target.address()), "-quiet")
                        .args("-nocomp", "-rcvwnd", "128", "-streambuf", "4194304")
                        .start();
                JavaProgram client = Programs.startClient(
                        entrance.getPort(),
                        Programs.loopback(udp),
                        "-quiet",
                        "-nocomp",
                        "-conn",
                        Integer.toString(SESSIONS + 1))) {
            server.awaitUdpBound(udp, Programs.START_TIMEOUT_MS);
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                Socket application = ApplicationSocket.connect(entrance);
                application.setSendBufferSize(KERNEL_BUFFER_BYTES);
                applications.add(application);
                answers.add(CompletableFuture.supplyAsync(() -> send(application), threads));
            }
            awaitStandstill();
            try (Socket other = ApplicationSocket.connect(entrance)) {
                other.getOutputStream().write(ANSWER);
                assertThat(other.getInputStream().read()).isEqualTo(ANSWER);
            }
            taken.countDown();
            for (CompletableFuture<Integer> answer : answers) {
                assertThat(answer.join()).as(server.log()).isEqualTo(ANSWER);
            }
            assertThat(server.log() + client.log()).doesNotContain("OutOf", "ERROR", "is lost");
        } finally {
            for (Socket application : applications) {
                application.close();
            }
            threads.shutdownNow();
        }
    }
}
