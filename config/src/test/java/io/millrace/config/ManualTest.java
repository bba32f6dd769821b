package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Man pages and completion say what the {@link Setting} table says. */
final class ManualTest {
    private static final List<String> MACROS = List.of(".TH ", ".SH ", ".SS ", ".TP", ".PP", ".EX", ".EE");

    @ParameterizedTest
    @EnumSource
    void theManPageHasEveryFlagOfItsSideAndNoOther(Side side) {
        List<String> lines = Manual.manPage(side).lines().toList();
        for (Setting setting : Setting.values()) {
            String name = "\\fB\\-" + setting.spec().name().replace("-", "\\-") + "\\fR";
            assertThat(lines).filteredOn(line -> line.startsWith(name)).as(name).hasSize(setting.isFor(side) ? 1 : 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theManPageNamesValueUnitRangeAndDefault(Side side) {
        assertThat(Manual.manPage(side))
                .contains("\\fB\\-datashard\\fR, \\fB\\-ds\\fR \\fIN\\fR\n")
                .contains("[0..256, packets, default 10]. Must be the same on both ends.")
                .contains("\\fBtunnel\\-" + side.other() + "\\fR(1)");
    }

    @ParameterizedTest
    @EnumSource
    void theManPageHasTheExamplesOfTheHelpText(Side side) {
        List<String> commands = Manual.manPage(side)
                .replace("\\-", "-")
                .replace("\\(aq", "'")
                .lines()
                .filter(line -> line.startsWith("  "))
                .toList();
        assertThat(commands).hasSizeGreaterThan(3).allMatch(line -> HelpText.render(side)
                .contains("\n  " + line + "\n"));
    }

    @ParameterizedTest
    @EnumSource
    void onlyMacrosBeginWithAPoint(Side side) {
        assertThat(Manual.manPage(side).lines())
                .filteredOn(line -> line.startsWith(".") || line.startsWith("'"))
                .allMatch(line -> MACROS.stream().anyMatch(line::startsWith));
    }

    @ParameterizedTest
    @EnumSource
    void theCompletionKnowsFlagsModesAndCiphers(Side side) {
        String script = Manual.completion(side);
        List<String> words = Arrays.asList(script.replaceAll("[\"'()]", " ").split("\\s+"));
        for (Setting setting : Setting.values()) {
            String flag = "-" + setting.spec().name();
            if (setting.isFor(side)) {
                assertThat(words).contains(flag);
            } else {
                assertThat(words).doesNotContain(flag);
            }
        }
        assertThat(words).containsAll(Named.names(Mode.class)).containsAll(Named.names(CryptName.class));
        assertThat(script).contains("complete -F _complete_" + side.programName());
    }
}
