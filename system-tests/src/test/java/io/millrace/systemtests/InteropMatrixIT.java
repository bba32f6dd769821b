package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every two settings meet, between Millrace and kcptun in both directions and between two Millraces: 16 MiB each way on one
 * connection, 50 connections and 10,000 tiny writes, all at the same time. spec: tunnel 15
 */
@ExtendWith(NoBufferLeaks.class)
class InteropMatrixIT {
    private static final int BULK_BYTES = 16 << 20;
    private static final int STREAMS = 50;
    private static final int STREAM_BYTES = 64 << 10;
    private static final int TINY_WRITES = 10_000;
    private static final int TINY_BYTES = 3;

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    @Test
    void everyTwoSettingsMeet() {
        List<TunnelCase> rows = Matrix.pairwise();
        assertThat(rows).doesNotHaveDuplicates().allMatch(TunnelCase::isValid);
        assertThat(Matrix.pairs(rows)).isEqualTo(Matrix.pairs(Matrix.allValid()));
    }

    static Stream<TunnelCase> rows() {
        return Stream.concat(
                Matrix.pairwise().stream(),
                Stream.of(
                        new TunnelCase(Peers.JAVA_TO_JAVA, "aes-128-gcm", Shards.TEN_THREE, 2, true, "fast3"),
                        new TunnelCase(Peers.JAVA_TO_JAVA, "aes-128-gcm", Shards.OFF, 1, false, "normal"),
                        new TunnelCase(Peers.JAVA_TO_JAVA, "null", Shards.THREE_TWO, 1, false, "fast3"),
                        new TunnelCase(Peers.JAVA_TO_JAVA, "null", Shards.OFF, 2, true, "manual")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void carriesEverythingBothWays(TunnelCase row) throws Exception {
        Seeds.run(20210922, seeds -> {
            Map<String, Exchange> exchanges = new LinkedHashMap<>();
            exchanges.put("bulk", new Exchange(seeds.derive("bulk"), BULK_BYTES, BULK_BYTES, 32_768));
            for (int i = 0; i < STREAMS; i++) {
                String name = "stream " + i;
                exchanges.put(name, new Exchange(seeds.derive(name), STREAM_BYTES + i, STREAM_BYTES - i, 4096));
            }
            int tinyBytes = TINY_WRITES * TINY_BYTES;
            exchanges.put("tiny writes", new Exchange(seeds.derive("tiny"), tinyBytes, tinyBytes, TINY_BYTES));
            try (ExchangeServer target = new ExchangeServer();
                    Tunnel tunnel = Tunnel.start(row, target.address())) {
                new ExchangeClient(tunnel.entrance()).runAll(exchanges);
                target.assertServed(exchanges.size());
            }
        });
    }
}
