package io.millrace.tunnel.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NameLookupTest {
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final NameLookup names = new NameLookup(this::resolve);

    private InetAddress[] resolve(String name) throws UnknownHostException {
        asked.incrementAndGet();
        try {
            answer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (name.equals("missing")) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {
            InetAddress.getByAddress(name, new byte[] {127, 0, 0, 2}),
            InetAddress.getByAddress(name, new byte[] {127, 0, 0, 1})
        };
    }

    /** Threads are what a flood of streams would otherwise take, while the name's server is slow. */
    @Test
    void thoseWhoAskMeanwhileShareOneAnswer() throws Exception {
        List<CompletableFuture<List<InetAddress>>> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            all.add(names.addressesOf("target"));
        }
        answer.countDown();
        for (CompletableFuture<List<InetAddress>> one : all) {
            assertThat(one.get(10, TimeUnit.SECONDS))
                    .extracting(InetAddress::getHostAddress)
                    .containsExactly("127.0.0.2", "127.0.0.1");
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void anAnswerIsNotKept() throws Exception {
        answer.countDown();
        names.addressesOf("target").get(10, TimeUnit.SECONDS);
        names.addressesOf("target").get(10, TimeUnit.SECONDS);
        assertThat(asked).hasValue(2);
    }

    @Test
    void aNameWithoutAddressFailsEachTimeItIsAsked() {
        answer.countDown();
        for (int i = 1; i <= 2; i++) {
            assertThatThrownBy(() -> names.addressesOf("missing").get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(UnknownHostException.class);
            assertThat(asked).hasValue(i);
        }
    }
}
