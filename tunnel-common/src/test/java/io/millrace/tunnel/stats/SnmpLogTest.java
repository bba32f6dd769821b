package io.millrace.tunnel.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnmpLogTest {
    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Test
    void writesEachPeriodAndGoesOnAfterAFailure(@TempDir Path folder) throws Exception {
        Path file = Files.createDirectory(folder.resolve("log")).resolve("a.csv");
        ProcessCounters counters = ProcessCounters.ofClient();
        SnmpLog log = SnmpLog.start(new CounterCsv(file.toString()), 5, TimeUnit.MILLISECONDS, counters);
        try {
            await().until(() -> lines(file).size() >= 4);
            Path away = Files.move(file.getParent(), folder.resolve("away")); // rows are lost now
            int written = lines(away.resolve("a.csv")).size();
            await().pollDelay(50, TimeUnit.MILLISECONDS).until(() -> !Files.exists(file));
            assertThat(lines(away.resolve("a.csv")).size()).isBetween(written, written + 1);
            Files.createDirectory(file.getParent());
            await().until(() -> lines(file).size() >= 3);
            assertThat(lines(file).get(0)).startsWith("Unix,BytesSent,");
            assertThat(lines(file).get(2)).matches("[0-9]{10}(,0){30}");
        } finally {
            log.close();
        }
    }
}
