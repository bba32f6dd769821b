package io.millrace.tunnel.net;

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
    private final NameLookup names = new NameLookup(this::resolve, NameLookupTest::startThread);

    private static void startThread(Runnable task) {
        Thread thread = new Thread(task, "lookup");
        thread.setDaemon(true);
        thread.start();
    }

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

    /** All who ask for a name share one look-up: one that never ends would be the end of the name. */
    @Test
    void aLookUpThatCannotBeBegunFailsAndTheNextOneIsAnother() throws Exception {
        answer.countDown();
        AtomicInteger begun = new AtomicInteger();
        NameLookup lookup = new NameLookup(this::resolve, task -> {
            if (begun.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            startThread(task);
        });
        assertThatThrownBy(() -> lookup.addressesOf("target").get(10, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(lookup.addressesOf("target").get(10, TimeUnit.SECONDS)).hasSize(2);
    }

    @Test
    void aLookUpThatBreaksDownFailsAndTheNextOneIsAnother() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        NameLookup lookup = new NameLookup(
                name -> {
                    if (begun.incrementAndGet() == 1) {
                        throw new NoClassDefFoundError("a test's");
                    }
                    return new InetAddress[] {InetAddress.getLoopbackAddress()};
                },
                NameLookupTest::startThread);
        assertThatThrownBy(() -> lookup.addressesOf("target").get(10, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
        assertThat(lookup.addressesOf("target").get(10, TimeUnit.SECONDS)).hasSize(1);
    }
}
