package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every two settings meet, between Millrace and kcptun in both directions and between two Millraces: 16 MiB each way on one
 * connection, 50 connections and 10,000 tiny writes, all at the same time; every further cipher with less. spec: tunnel 15
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
        assertThat(rows).doesNotHaveDuplicates();
        assertThat(Matrix.pairs(rows)).isEqualTo(Matrix.pairs(Matrix.all()));
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
        run(row, BULK_BYTES, STREAMS, TINY_WRITES);
    }

    /** Both ways between Millrace and kcptun, for every cipher that is not in the rows above and that kcptun has. */
    static Stream<TunnelCase> otherCiphers() {
        Set<String> others = new LinkedHashSet<>(PacketCiphers.names());
        Stream.concat(rows(), Matrix.all().stream()).map(TunnelCase::crypt).forEach(others::remove);
        return others.stream()
                .flatMap(crypt -> Stream.of(
                        new TunnelCase(Peers.JAVA_TO_GO, crypt, Shards.TEN_THREE, 2, true, "fast3"),
                        new TunnelCase(Peers.GO_TO_JAVA, crypt, Shards.TEN_THREE, 1, false, "fast3")));
    }

    /** But for the two that the kcptun at hand is too old for. */
    @Test
    void everyCipherMeetsKcptunBothWays() {
        Set<String> expected = new LinkedHashSet<>(PacketCiphers.names());
        expected.removeAll(Set.of("aes-128-gcm", "null"));
        for (Peers peers : List.of(Peers.JAVA_TO_GO, Peers.GO_TO_JAVA)) {
            assertThat(Stream.concat(rows(), otherCiphers())
                            .filter(row -> row.peers() == peers)
                            .map(TunnelCase::crypt)
                            .distinct())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherCiphers")
    void everyOtherCipher(TunnelCase row) throws Exception {
        run(row, BULK_BYTES / 16, STREAMS / 10, TINY_WRITES / 10);
    }

    private static void run(TunnelCase row, int bulkBytes, int streams, int tinyWrites) throws Exception {
        Seeds.run(20210922, seeds -> {
            Map<String, Exchange> exchanges = new LinkedHashMap<>();
            exchanges.put("bulk", new Exchange(seeds.derive("bulk"), bulkBytes, bulkBytes, 32_768));
            for (int i = 0; i < streams; i++) {
                String name = "stream " + i;
                exchanges.put(name, new Exchange(seeds.derive(name), STREAM_BYTES + i, STREAM_BYTES - i, 4096));
            }
            int tinyBytes = tinyWrites * TINY_BYTES;
            exchanges.put("tiny writes", new Exchange(seeds.derive("tiny"), tinyBytes, tinyBytes, TINY_BYTES));
            try (ExchangeServer target = new ExchangeServer();
                    Tunnel tunnel = Tunnel.start(row, target.address())) {
                new ExchangeClient(tunnel.entrance()).runAll(exchanges);
                target.assertServed(exchanges.size());
            }
        });
    }
}
