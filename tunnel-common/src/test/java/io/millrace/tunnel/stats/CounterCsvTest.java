package io.millrace.tunnel.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** spec: tunnel 8.1, kcp 5.8 */
class CounterCsvTest {
    private static final String HEADER =
            "Unix,BytesSent,BytesReceived,MaxConn,ActiveOpens,PassiveOpens,CurrEstab,InErrs,"
                    + "InCsumErrors,KCPInErrors,InPkts,OutPkts,InSegs,OutSegs,InBytes,OutBytes,RetransSegs,FastRetransSegs,"
                    + "EarlyRetransSegs,LostSegs,RepeatSegs,FECFullShards,FECParityShards,FECErrs,FECRecovered,FECShardSet,"
                    + "FECShardMin,RingBufferSndQueue,RingBufferRcvQueue,RingBufferSndBuffer,OOBPackets";
    private static final ZonedDateTime NOW = ZonedDateTime.of(2026, 11, 22, 23, 59, 30, 0, ZoneOffset.UTC);
    private static final CounterSnapshot COUNTERS =
            new CounterSnapshot(LongStream.rangeClosed(1, 30).toArray(), new DropCounts());
    private static final String VALUES =
            IntStream.rangeClosed(1, 30).mapToObj(Integer::toString).collect(Collectors.joining(","));

    private final Path folder;

    CounterCsvTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void headerOnceThenARowEachTime() throws IOException {
        CounterCsv csv = new CounterCsv(folder.resolve("snmp.csv").toString());
        csv.append(NOW, COUNTERS);
        csv.append(NOW.plusSeconds(60), COUNTERS);
        long unix = NOW.toEpochSecond();
        assertThat(Files.readString(folder.resolve("snmp.csv")))
                .isEqualTo(HEADER + "\n" + unix + "," + VALUES + "\n" + (unix + 60) + "," + VALUES + "\n");
        assertThat(HEADER.split(",", -1)).hasSize(31);
    }

    @Test
    void aNewDayIsANewFileWithItsOwnHeader() throws IOException {
        CounterCsv csv = new CounterCsv(folder.resolve("snmp-20060102.csv").toString());
        csv.append(NOW, COUNTERS);
        csv.append(NOW.plusSeconds(60), COUNTERS);
        csv.append(NOW.plusSeconds(120), COUNTERS);
        assertThat(Files.readAllLines(folder.resolve("snmp-20261122.csv"))).hasSize(2);
        assertThat(Files.readAllLines(folder.resolve("snmp-20261123.csv")))
                .hasSize(3)
                .startsWith(HEADER);
    }

    @Test
    void onlyTheLastPartOfThePathIsALayout() throws IOException {
        Path day = Files.createDirectory(folder.resolve("02"));
        CounterCsv csv = new CounterCsv(day + "/02.csv");
        csv.append(NOW, COUNTERS);
        assertThat(day.resolve("22.csv")).exists();
    }

    @Test
    void whatIsThereIsKept() throws IOException {
        Path file = Files.writeString(folder.resolve("a.csv"), "kept\n");
        new CounterCsv(file.toString()).append(NOW, COUNTERS);
        assertThat(Files.readAllLines(file)).containsExactly("kept", NOW.toEpochSecond() + "," + VALUES);
    }

    @Test
    void theDumpHasUpstreamsNamesInItsOrder() {
        assertThat(COUNTERS.dump())
                .startsWith("KCP SNMP:&{BytesSent:1 BytesReceived:2 MaxConn:3 ")
                .contains(" RepeatSegs:20 FECFullShardSet:21 FECRecovered:24 FECErrs:23 FECParityShards:22"
                        + " FECShardSet:25 FECShardMin:26 RingBufferSndQueue:27 ")
                .endsWith(" OOBPackets:30}");
        assertThat(Arrays.stream(COUNTERS.dump().split(" ", -1))).hasSize(31); // "KCP SNMP:&{..." is two
    }
}
