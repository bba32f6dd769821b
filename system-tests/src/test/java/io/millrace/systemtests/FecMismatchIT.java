package io.millrace.systemtests;

import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FEC numbers that differ from kcptun 20210922's, at which it rebuilds garbage from our parity and takes it for data. Every
 * byte is compared; without our care some of these runs fail every time. spec: kcp 3.5
 */
@ExtendWith(NoBufferLeaks.class)
class FecMismatchIT {
    private static final LinkProfile LOSSY = LinkProfile.builder()
            .delayMs(3)
            .lossProbability(0.05)
            .reorder(0.02, 5)
            .build();

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    static Stream<Arguments> rows() {
        return Stream.of(Peers.JAVA_TO_GO, Peers.GO_TO_JAVA).flatMap(peers -> Stream.of(
                        Shards.of("3/2", "0/0"),
                        Shards.of("3/2", "1/1"),
                        Shards.of("2/1", "1/1"),
                        Shards.of("4/1", "1/1"),
                        Shards.of("3/2", "10/3"),
                        Shards.of("10/3", "3/2"))
                .map(ours -> Arguments.of(peers, peers.goServer() ? ours : ours.swapped())));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("rows")
    void noByteIsWrong(Peers peers, Shards shards) throws Exception {
        Seeds.run(35, seeds -> {
            Map<String, Exchange> exchanges = new LinkedHashMap<>();
            for (int i = 0; i < 3; i++) {
                exchanges.put("stream " + i, new Exchange(seeds.derive("stream " + i), 400_000, 400_000, 3000));
            }
            TunnelCase row = new TunnelCase(peers, "none", shards, 1, false, "fast3");
            try (ExchangeServer target = new ExchangeServer();
                    Tunnel tunnel = Tunnel.start(row, target.address(), LOSSY, seeds.derive("link"))) {
                new ExchangeClient(tunnel.entrance()).runAll(exchanges);
                target.assertServed(exchanges.size());
            }
        });
    }
}
