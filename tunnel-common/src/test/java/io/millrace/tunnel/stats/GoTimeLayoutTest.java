package io.millrace.tunnel.stats;

import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Against what Go 1.26 makes of the same layouts. spec: tunnel 8.1 */
class GoTimeLayoutTest {
    private static final List<ZonedDateTime> TIMES = List.of(
            ZonedDateTime.of(2026, 11, 22, 15, 4, 5, 120_450_000, ZoneId.of("Europe/Berlin")),
            ZonedDateTime.of(2031, 7, 4, 0, 7, 9, 0, ZoneId.of("America/New_York")),
            ZonedDateTime.of(2009, 2, 3, 12, 59, 58, 999_999_999, ZoneId.of("UTC")));

    @ParameterizedTest(name = "{0}: {1}")
    @CsvFileSource(resources = "go-time-layouts.tsv", delimiter = '\t', ignoreLeadingAndTrailingWhitespace = false)
    void fillsInWhatGoDoes(int time, String layout, @Nullable String expected) {
        assertThat(GoTimeLayout.format(layout, TIMES.get(time))).isEqualTo(requireNonNullElse(expected, ""));
    }
}
