package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.LinkCounters;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every direction over a link that loses 5 %, reorders and duplicates. */
@ExtendWith(NoBufferLeaks.class)
class LossyLinkIT {
    private static final LinkProfile BAD = LinkProfile.builder()
            .delayMs(5)
            .lossProbability(0.05)
            .reorder(0.05, 15)
            .duplicateProbability(0.03)
            .build();
    private static final int BULK_BYTES = 2 << 20;
    private static final int STREAMS = 10;
    private static final int STREAM_BYTES = 32 << 10;

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    static Stream<TunnelCase> rows() {
        return Stream.of(Peers.values())
                .flatMap(peers -> Stream.of(Shards.OFF, Shards.TEN_THREE).flatMap(shards -> Stream.of(1, 2)
                        .map(version -> new TunnelCase(peers, "aes-128", shards, version, version == 1, "fast3"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void nothingIsLostOnTheWay(TunnelCase row) throws Exception {
        Seeds.run(5, seeds -> {
            Map<String, Exchange> exchanges = new LinkedHashMap<>();
            exchanges.put("bulk", new Exchange(seeds.derive("bulk"), BULK_BYTES, BULK_BYTES, 32_768));
            for (int i = 0; i < STREAMS; i++) {
                String name = "stream " + i;
                exchanges.put(name, new Exchange(seeds.derive(name), STREAM_BYTES, STREAM_BYTES, 1000));
            }
            exchanges.put("tiny writes", new Exchange(seeds.derive("tiny"), 3000, 3000, 3));
            try (ExchangeServer target = new ExchangeServer();
                    Tunnel tunnel = Tunnel.start(row, target.address(), BAD, seeds.derive("link"))) {
                new ExchangeClient(tunnel.entrance()).runAll(exchanges);
                target.assertServed(exchanges.size());
                for (LinkCounters way :
                        List.of(tunnel.link().toTargetCounters(), tunnel.link().toClientCounters())) {
                    assertThat(way.lost()).isPositive();
                    assertThat(way.reordered()).isPositive();
                    assertThat(way.duplicated()).isPositive();
                }
            }
        });
    }
}
