package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables of docs/configuration.md are those that {@link Setting} makes. */
final class ConfigurationDocTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

    @Test
    void isCurrent() throws IOException {
        GoldenFile.assertSays(DOCUMENT, ConfigurationDoc.update(Files.readString(DOCUMENT)));
    }

    @ParameterizedTest
    @EnumSource
    void everySettingHasOneRow(Setting setting) throws IOException {
        String begin = "| `-" + setting.spec().name() + "`";
        assertThat(Files.readAllLines(DOCUMENT))
                .filteredOn(line -> line.startsWith(begin))
                .hasSize(1);
    }

    @Test
    void whatStandsOutsideOfTheMarksStays() {
        String updated = ConfigurationDoc.update("a\n<!-- generated: begin -->\nold\n<!-- generated: end -->\nb\n");
        assertThat(updated).startsWith("a\n<!-- generated: begin -->\n").endsWith("<!-- generated: end -->\nb\n");
        assertThat(updated)
                .doesNotContain("old")
                .contains("| `-datashard`, `-ds` | `datashard` | 10 | 10 | 0..256 packets | **both** |");
        assertThat(ConfigurationDoc.update(updated)).isEqualTo(updated);
        assertThatThrownBy(() -> ConfigurationDoc.update("no marks")).hasMessageContaining("marks");
    }
}
