package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables of docs/configuration.md say what {@link Setting} says. */
final class ConfigurationDocTest {
    private static final int FLAG = 0;
    private static final int JSON_KEY = 1;
    private static final int CLIENT = 2;
    private static final int SERVER = 3;
    private static final int ALLOWED = 4;
    private static final int MATCH = 5;

    private static List<String> cellsOf(Setting setting) throws IOException {
        String begin = "| `-" + setting.spec().name() + "`";
        List<String> rows = Files.readAllLines(Path.of("..", "docs", "configuration.md")).stream()
                .filter(line -> line.startsWith(begin))
                .toList();
        assertThat(rows).as("rows of -%s", setting.spec().name()).hasSize(1);
        return Arrays.stream(rows.get(0).substring(1).split("\\|"))
                .map(String::strip)
                .toList();
    }

    private static String shown(Setting setting, Side side) {
        if (!setting.isFor(side)) {
            return "-";
        }
        Object value = setting.spec().defaultFor(side);
        if (value instanceof Boolean on) {
            return on ? "on" : "off";
        }
        if (value instanceof Long number) {
            return number.toString();
        }
        if (value.equals("")) {
            return setting == Setting.LOG ? "standard error" : setting == Setting.CONFIG_FILE ? "none" : "empty";
        }
        return "`" + value + "`";
    }

    @ParameterizedTest
    @EnumSource
    void everySettingHasItsRow(Setting setting) throws IOException {
        List<String> cells = cellsOf(setting);
        SettingSpec spec = setting.spec();
        List<String> names = new ArrayList<>(List.of(spec.name()));
        names.addAll(spec.aliases());
        assertThat(cells.get(FLAG))
                .isEqualTo(names.stream().map(name -> "`-" + name + "`").collect(Collectors.joining(", ")));
        assertThat(cells.get(JSON_KEY)).isEqualTo(spec.jsonKey() == null ? "none" : "`" + spec.jsonKey() + "`");
        if (setting == Setting.HELP || setting == Setting.VERSION) {
            return;
        }
        assertThat(cells.get(CLIENT)).isEqualTo(shown(setting, Side.CLIENT));
        assertThat(cells.get(SERVER)).isEqualTo(shown(setting, Side.SERVER));
        if (spec.isSupported()) {
            assertThat(cells.get(MATCH)).isEqualTo(spec.mustMatch() ? "**both**" : "local");
            if (spec.type() == SettingSpec.Type.INTEGER) {
                assertThat(cells.get(ALLOWED)).startsWith(range(spec)).contains(spec.unit());
            }
        }
    }

    private static String range(SettingSpec spec) {
        if (spec.max() == Integer.MAX_VALUE) {
            return spec.min() + " or more";
        }
        return spec.min() + (spec.max() == spec.min() + 1 ? ", " : "..") + spec.max();
    }
}
