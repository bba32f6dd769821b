package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.JavaProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The counters of the programs, in their file and on SIGUSR1, beside those of kcptun's. spec: tunnel 8, kcp 5.8 */
class CountersIT {
    private static final long LINE_TIMEOUT_MS = 30_000;
    private static final Duration ROWS_TIMEOUT = Duration.ofSeconds(60);
    /** All that kcptun of 2021 has too, in its order. */
    private static final int COMMON_COLUMNS = 21;
    /** Gone in later versions. */
    private static final String OLD_COLUMN = "FECShortShards";

    private static final String LAYOUT = "snmp-2006 Jan MST.csv";
    private static final String[] FLAGS = {"--nocomp", "--smuxver", "2", "--keepalive", "30", "--snmpperiod", "1"};

    private final Path folder;

    CountersIT(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path newFolder(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name));
    }

    private static Path onlyFileOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.reduce((a, b) -> {
                        throw new AssertionError(a + " and " + b);
                    })
                    .orElseThrow();
        }
    }

    /** Column to value, of the last complete row; empty before there is one. */
    private static Map<String, Long> lastRow(Path folder) throws IOException {
        List<String> lines;
        try (Stream<Path> files = Files.list(folder)) {
            Path file = files.findFirst().orElse(null);
            lines = file == null ? List.of() : Files.readAllLines(file);
        }
        Map<String, Long> row = new LinkedHashMap<>();
        if (lines.size() > 1) {
            String[] columns = lines.get(0).split(",", -1);
            String[] values = lines.get(lines.size() - 1).split(",", -1);
            for (int i = 0; i < Math.min(columns.length, values.length); i++) {
                row.put(columns[i], Long.parseLong(values[i]));
            }
        }
        return row;
    }

    private static String[] with(Path folder) {
        String[] flags = Arrays.copyOf(FLAGS, FLAGS.length + 2);
        flags[FLAGS.length] = "--snmplog";
        flags[FLAGS.length + 1] = folder.resolve(LAYOUT).toString();
        return flags;
    }

    private static void exchange(InetSocketAddress entrance, ExchangeServer target) throws Exception {
        new ExchangeClient(entrance).runAll(Map.of("exchange", new Exchange(1, 1_000_000, 400_000, 10_000)));
        target.assertServed(1);
    }

    private static long value(Map<String, Long> row, String column) {
        return row.getOrDefault(column, -1L);
    }

    /** What one end says it sent, the other says it got. */
    private static boolean agree(Map<String, Long> from, Map<String, Long> to) {
        return value(from, "BytesSent") > 400_000
                && value(from, "BytesSent") == value(to, "BytesReceived")
                && value(from, "OutPkts") == value(to, "InPkts")
                && value(from, "OutBytes") - 20 * value(from, "OutPkts") == value(to, "InBytes");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = Peers.class,
            names = {"JAVA_TO_GO", "GO_TO_JAVA"})
    void bothEndsTellTheSameInFilesOfTheSameName(Peers peers) throws Exception {
        Path ofClient = newFolder("client");
        Path ofServer = newFolder("server");
        try (ExchangeServer target = new ExchangeServer()) {
            if (peers.goServer()) {
                InetSocketAddress entrance = Programs.loopback(FreePorts.next());
                try (GoKcptun server = GoKcptun.server(target.address())
                                .key(TunnelCase.KEY)
                                .args(with(ofServer))
                                .start();
                        JavaProgram client =
                                Programs.startClient(entrance.getPort(), server.address(), with(ofClient))) {
                    exchange(entrance, target);
                    assertAgreement(ofClient, ofServer, client.log() + server.log());
                }
            } else {
                int udp = FreePorts.next();
                try (JavaProgram server = Programs.startServer(udp, target.address(), with(ofServer));
                        GoKcptun client = GoKcptun.client(Programs.loopback(udp))
                                .key(TunnelCase.KEY)
                                .args(with(ofClient))
                                .start()) {
                    exchange(client.address(), target);
                    assertAgreement(ofClient, ofServer, client.log() + server.log());
                }
            }
        }
        Path go = onlyFileOf(peers.goServer() ? ofServer : ofClient);
        Path ours = onlyFileOf(peers.goServer() ? ofClient : ofServer);
        assertThat(ours.getFileName()).isEqualTo(go.getFileName());
        List<String> goColumns = List.of(Files.readAllLines(go).get(0).split(",", -1));
        List<String> ourColumns = List.of(Files.readAllLines(ours).get(0).split(",", -1));
        assertThat(ourColumns.subList(0, COMMON_COLUMNS)).isEqualTo(goColumns.subList(0, COMMON_COLUMNS));
        assertThat(ourColumns)
                .hasSize(31)
                .containsAll(goColumns.stream()
                        .filter(column -> !column.equals(OLD_COLUMN))
                        .toList());
    }

    private static void assertAgreement(Path ofClient, Path ofServer, String logs) {
        await().atMost(ROWS_TIMEOUT).untilAsserted(() -> {
            Map<String, Long> client = lastRow(ofClient);
            Map<String, Long> server = lastRow(ofServer);
            assertThat(agree(client, server) && agree(server, client))
                    .as("client %s, server %s; %s", client, server, logs)
                    .isTrue();
            assertThat(client).containsEntry("ActiveOpens", 1L).containsEntry("PassiveOpens", 0L);
            assertThat(server).containsEntry("ActiveOpens", 0L).containsEntry("PassiveOpens", 1L);
            for (Map<String, Long> row : List.of(client, server)) {
                assertThat(row).containsEntry("CurrEstab", 1L).containsEntry("MaxConn", 1L);
                assertThat(value(row, "FECParityShards")).isPositive();
                assertThat(value(row, "RetransSegs"))
                        .isEqualTo(value(row, "FastRetransSegs")
                                + value(row, "EarlyRetransSegs")
                                + value(row, "LostSegs"));
            }
        });
    }

    private static void sendUsr1(long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-USR1", Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static List<String> namesOf(String line) {
        return Arrays.stream(line.substring(line.indexOf("&{") + 2, line.lastIndexOf('}'))
                        .split(" ", -1))
                .map(field -> field.substring(0, field.indexOf(':')))
                .toList();
    }

    @Test
    void usr1LogsTheLineThatKcptunLogs() throws Exception {
        String line = "KCP SNMP:&\\{BytesSent:[0-9]+ .*}";
        try (ExchangeServer target = new ExchangeServer();
                GoKcptun server = GoKcptun.server(target.address())
                        .key(TunnelCase.KEY)
                        .args("--smuxver", "2")
                        .start()) {
            InetSocketAddress entrance = Programs.loopback(FreePorts.next());
            try (JavaProgram client = Programs.startClient(entrance.getPort(), server.address())) {
                exchange(entrance, target);
                sendUsr1(client.pid());
                sendUsr1(server.pid());
                String ours = client.awaitLine(line, LINE_TIMEOUT_MS);
                String theirs = server.awaitLine(line, LINE_TIMEOUT_MS);
                assertThat(namesOf(ours)).hasSize(30).doesNotHaveDuplicates();
                assertThat(namesOf(ours).subList(0, COMMON_COLUMNS - 1))
                        .isEqualTo(namesOf(theirs).subList(0, COMMON_COLUMNS - 1));
                assertThat(ours).containsPattern("BytesSent:[1-9][0-9]{4,} .* CurrEstab:1 ");
                sendUsr1(client.pid());
                await().atMost(ROWS_TIMEOUT)
                        .until(() -> client.log()
                                        .lines()
                                        .filter(l -> l.contains("KCP SNMP:"))
                                        .count()
                                == 2);
            }
        }
    }
}
