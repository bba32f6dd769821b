package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Help and version; the help texts as files, so that a change of them shows as a difference. */
final class HelpTextTest {

    @ParameterizedTest
    @EnumSource
    void isTheGoldenText(Side side) throws IOException {
        GoldenFile.assertSays(
                Path.of("src/test/resources/io/millrace/config/help-" + side + ".txt"),
                HelpText.render(side).replace(System.lineSeparator(), "\n"));
    }

    @ParameterizedTest
    @EnumSource
    void everyFlagIsInIt(Side side) {
        String help = HelpText.render(side);
        for (String name : Setting.flagNames(side)) {
            assertThat(help).containsPattern("(?m)^ .*-" + name + "[=, \n]");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-h",
                "--h",
                "-help",
                "--help",
                "help",
                "h",
                "-mtu 1400 -h",
                "-quiet help",
                "-- h",
                "-v -h",
                "-h -v",
                "-h -mtu 3",
                "-h -c /no/such/file"
            })
    void helpIsOnStandardOutputAndNoError(String line) {
        assertThat(Outcomes.client(line.split(" ")))
                .isEqualTo(new Outcome.Exit<ClientConfig>(0, HelpText.render(Side.CLIENT), ""));
        assertThat(Outcomes.server(line.split(" ")))
                .isEqualTo(new Outcome.Exit<ServerConfig>(0, HelpText.render(Side.SERVER), ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v", "--v", "-version", "--version", "-v -mtu 3", "-quiet -version x"})
    void versionIsOneLine(String line) {
        assertThat(Outcomes.client(line.split(" ")))
                .isEqualTo(
                        new Outcome.Exit<ClientConfig>(0, "millrace version " + MillraceVersion.current() + "\n", ""));
        assertThat(MillraceVersion.current()).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?");
    }

    @Test
    void helpSwitchedOffIsNoHelp() {
        assertThat(Outcomes.config(Outcomes.client("-h=false", "-v=false"))
                        .pool()
                        .connections())
                .isEqualTo(1);
    }

    @Test
    void anErrorOnTheLineComesBeforeHelp() {
        assertThat(Outcomes.error(Outcomes.client("-zzz", "-h"))).contains("unknown flag");
        assertThat(Outcomes.error(Outcomes.client("-h", "-zzz"))).contains("unknown flag");
    }
}
