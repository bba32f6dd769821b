package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start would run with, and where each value came from. */
final class CheckConfigTest {

    private static Outcome<?> check(Side side, Map<String, String> environment, String... flags) {
        String[] args = new String[flags.length + 1];
        args[0] = "-check-config";
        System.arraycopy(flags, 0, args, 1, flags.length);
        return side == Side.CLIENT ? ClientCommand.parse(args, environment) : ServerCommand.parse(args, environment);
    }

    private static Outcome.Exit<?> exit(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Exit.class);
        return (Outcome.Exit<?>) outcome;
    }

    /** The report without its columns' blanks. */
    private static List<String> lines(Outcome<?> outcome) {
        assertThat(exit(outcome).code()).isZero();
        return exit(outcome)
                .stdoutText()
                .lines()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void everySettingHasOneLine(Side side) {
        List<String> lines = lines(check(side, Map.of()));
        for (Setting setting : Setting.values()) {
            boolean shown = setting.isFor(side) && (setting.spec().jsonKey() != null || setting == Setting.CONFIG_FILE);
            assertThat(lines)
                    .as("%s", setting)
                    .filteredOn(line -> line.startsWith(setting.spec().name() + " = ") && line.endsWith(" # default"))
                    .hasSize(shown && !Mode.FAST.profile().containsKey(setting) ? 1 : 0);
        }
    }

    @Test
    void eachSourceIsNamed(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("c.json"),
                "{\n  \"MTU\": 1400,\n  \"mode\": \"fast3\", \"interval\": 40,\n  \"quiet\": true\n}");
        assertThat(lines(check(Side.CLIENT, Map.of("KCPTUN_KEY", "a-Secret"), "-c", file.toString(), "-r", "h:1")))
                .contains(
                        "localaddr = \":12948\" # default",
                        "remoteaddr = \"h:1\" # flag -r",
                        "key = set (8 bytes) # environment variable KCPTUN_KEY",
                        "mtu = 1400 # file " + file + ", line 2, key \"MTU\"",
                        "mode = \"fast3\" # file " + file + ", line 3, key \"mode\"",
                        "interval = 10 # mode fast3",
                        "nodelay = 1 # mode fast3",
                        "quiet = true # file " + file + ", line 4, key \"quiet\"",
                        "c = \"" + file + "\" # flag -c");
    }

    @Test
    void theKeyIsOnlyMeasured() {
        assertThat(lines(check(Side.SERVER, Map.of(), "-key", "é"))).contains("key = set (2 bytes) # flag -key");
        assertThat(lines(check(Side.SERVER, Map.of(), "-key="))).contains("key = empty # flag -key");
        assertThat(exit(check(Side.SERVER, Map.of("KCPTUN_KEY", "Zq7-Xw9"))).toString())
                .doesNotContain("Zq7-Xw9");
    }

    @Test
    void aValueThatIsMovedIntoItsBoundsIsShownAsUsed() {
        assertThat(lines(check(Side.CLIENT, Map.of(), "-mode", "manual", "-interval", "3", "-nc", "1")))
                .contains("interval = 10 # flag -interval", "nc = 1 # flag -nc", "resend = 0 # default");
    }

    @Test
    void compAndNocompSayTheSame() {
        assertThat(lines(check(Side.CLIENT, Map.of(), "-nocomp")))
                .contains("comp = \"none\" # flag -nocomp", "nocomp = true # flag -nocomp");
        assertThat(lines(check(Side.SERVER, Map.of(), "-comp", "none")))
                .contains("comp = \"none\" # flag -comp", "nocomp = true # flag -comp");
        assertThat(lines(check(Side.CLIENT, Map.of(), "-nocomp=false", "-comp", "lz4")))
                .contains("comp = \"lz4\" # flag -comp", "nocomp = false # flag -nocomp");
    }

    @Test
    void warningsAndNotesAreOnStandardError(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("c.json"), "{\"key\": \"\", \"target\": \"x:1\", \"mtv\": 1}");
        Outcome.Exit<?> exit =
                exit(check(Side.CLIENT, Map.of(), "-c", file.toString(), "-r=h:1", "-smuxver=2", "-crypt=aes-128-gcm"));
        assertThat(exit.code()).isZero();
        assertThat(exit.stderrText().lines())
                .containsExactly(
                        "warning: " + file + ", line 1, key \"mtv\": ignored, there is no such key; did you mean mtu?",
                        "warning: " + file
                                + ", line 1, key \"key\": the key is empty; set key or KCPTUN_KEY on both ends",
                        "note: " + file + ", line 1, key \"target\": ignored, it belongs to the server and this is the"
                                + " client");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-mtu=20", "-crypt=rot13", "-localaddr=:x", "-zzz", "-c=/no/such/file"})
    void whatIsWrongIsStatus2AndNothingElseIsPrinted(String flag) {
        assertThat(Outcomes.error(check(Side.CLIENT, Map.of(), flag))).startsWith("tunnel-client: ");
    }

    @Test
    void switchedOffItIsAStart() {
        assertThat(Outcomes.config(Outcomes.client("-check-config=false"))
                        .pool()
                        .connections())
                .isEqualTo(1);
    }

    @Test
    void aTargetTableIsOneLine(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("s.json"), "{\"target\":\n {\"29900\": \"a:1\",\n\"29901-29902\": \"@b\"}}");
        assertThat(lines(check(Side.SERVER, Map.of(), "-c", file.toString())))
                .contains("target = {\"29900\": \"a:1\", \"29901-29902\": \"@b\"} # file " + file
                        + ", line 1, key \"target\"");
    }
}
