package io.millrace.tunnel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.HostPorts;
import io.millrace.config.PortRange;
import io.millrace.testkit.Seeds;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where each session goes. spec: tunnel 2.3, 9 */
class ServerAddressTest {
    private static InetSocketAddress first(String host) {
        return new ServerAddress(new HostPorts(host, new PortRange(7, 7)), new Random(1))
                .resolve(0)
                .join();
    }

    @Test
    void everyPortOfARangeIsDrawnAboutAsOften() {
        int ports = 10;
        int draws = 10_000;
        Seeds.run(3, seeds -> {
            ServerAddress address = new ServerAddress(
                    new HostPorts("127.0.0.1", new PortRange(65_526, 65_535)), new Random(seeds.derive("ports")));
            int[] hits = new int[ports];
            for (int i = 0; i < draws; i++) {
                hits[address.resolve(0).join().getPort() - 65_526]++;
            }
            // 8 standard deviations of a fair draw: 1000 give or take 240.
            assertThat(IntStream.of(hits)).allMatch(count -> count > 760 && count < 1240);
        });
    }

    @Test
    void literalsAndTheEmptyHostNeedNoLookUp() {
        assertThat(first("192.0.2.1")).hasToString("/192.0.2.1:7");
        assertThat(first("::1").getAddress().isLoopbackAddress()).isTrue();
        assertThat(first("").getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void eachAttemptGoesToTheNextAddressOfAName() throws Exception {
        InetAddress[] all = InetAddress.getAllByName("localhost");
        ServerAddress address = new ServerAddress(new HostPorts("localhost", new PortRange(7, 7)), new Random(1));
        for (int attempt = 0; attempt < 2 * all.length; attempt++) {
            assertThat(address.resolve(attempt).join().getAddress()).isEqualTo(all[attempt % all.length]);
        }
        assertThat(address.resolve(-1).join().getAddress()).isIn((Object[]) all); // the count may wrap
    }

    @Test
    void aNameWithoutAddressSaysSo() {
        ServerAddress address =
                new ServerAddress(new HostPorts("no-such-host.invalid", new PortRange(7, 7)), new Random(1));
        assertThatThrownBy(() -> address.resolve(0).join())
                .hasRootCauseInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no-such-host.invalid has no address");
    }

    /** A slot that had to catch this would be stuck: it waits for the result. */
    @Test
    void anInterfaceThatIsNotThereIsAFailureLikeAnyOther() {
        ServerAddress address =
                new ServerAddress(new HostPorts("fe80::1%no-such-if", new PortRange(7, 7)), new Random(1));
        CompletableFuture<InetSocketAddress> resolved = address.resolve(0);
        assertThatThrownBy(resolved::join).hasMessageContaining("fe80::1%no-such-if has no address");
    }
}
