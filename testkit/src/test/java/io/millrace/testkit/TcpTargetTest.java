package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpTargetTest {
    private static final int WAIT_MS = 20_000;

    private static TcpProbe probe(TcpTarget target) {
        return new TcpProbe(target.address(), WAIT_MS);
    }

    @Test
    void echoDigestAndSourceServeTheirProbes() throws IOException {
        Payload payload = new Payload(1, 3_000_000);
        try (EchoServer echo = new EchoServer();
                DigestServer digest = new DigestServer();
                SourceServer source = new SourceServer(payload)) {
            probe(echo).echo(payload);
            probe(digest).digest(payload);
            probe(source).source(payload);
            probe(echo).echo(new Payload(1, 0));
            probe(digest).digest(new Payload(1, 0));
            await().until(() -> echo.finished() == 2 && digest.finished() == 2 && source.finished() == 1);
            assertThat(echo.broken() + digest.broken() + source.broken()).isZero();
            await().until(() -> echo.open() == 0);
        }
    }

    @Test
    void probesNoticeWrongData() throws IOException {
        try (EchoServer echo = new EchoServer();
                DigestServer digest = new DigestServer();
                SourceServer source = new SourceServer(new Payload(1, 1000))) {
            assertThatThrownBy(() -> probe(source).source(new Payload(2, 1000)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("byte 0 of 1000");
            assertThatThrownBy(() -> probe(source).source(new Payload(1, 1001)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("got 1000 bytes, expected 1001");
            assertThatThrownBy(() -> probe(source).source(new Payload(1, 999))).isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> probe(echo).digest(new Payload(1, 1000))).isInstanceOf(AssertionError.class);
            TcpProbe impatient = new TcpProbe(digest.address(), 50);
            assertThatThrownBy(() -> impatient.echo(new Payload(1, 1000))).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void moreConnectionsThanItsBoundWaitTheirTurn() throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try (EchoServer echo = new EchoServer(3)) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Payload payload = new Payload(i, 100_000);
                all.add(CompletableFuture.runAsync(
                        () -> {
                            try {
                                probe(echo).echo(payload);
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        },
                        threads));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
            assertThat(echo.accepted()).isEqualTo(12);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void closeCutsWhatIsOpen() throws IOException {
        EchoServer echo = new EchoServer(1);
        try (Socket served = new Socket(echo.address().getAddress(), echo.port())) {
            served.setSoTimeout(WAIT_MS);
            await().until(() -> echo.open() == 1);
            echo.close();
            assertThat(echo.broken()).isEqualTo(1);
            assertThatThrownBy(() -> {
                        int answer = served.getInputStream().read();
                        throw new IOException("ended with " + answer);
                    })
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
        assertThatThrownBy(() -> probe(echo).echo(new Payload(1, 1))).isInstanceOf(IOException.class);
    }
}
