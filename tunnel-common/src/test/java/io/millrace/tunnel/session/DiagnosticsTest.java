package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.config.DiagnosticsSettings;
import io.millrace.tunnel.stats.ProcessCounters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnosticsTest {
    private static Diagnostics start(Path snmpLog, int snmpPeriodSeconds) {
        return Diagnostics.start(
                new DiagnosticsSettings(Optional.of(snmpLog.toString()), snmpPeriodSeconds, false),
                ProcessCounters.ofClient());
    }

    @Test
    void aPeriodOfZeroWritesNoCounters(@TempDir Path folder) {
        Path everySecond = folder.resolve("every-second.csv");
        Path never = folder.resolve("never.csv");
        try (Diagnostics silent = start(never, 0);
                Diagnostics writing = start(everySecond, 1)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(everySecond));
            assertThat(never).doesNotExist();
            assertThat(silent).isNotSameAs(writing);
        }
    }
}
