package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command-line grammar, row by row. spec: tunnel 1.3 */
final class GoFlagsTest {

    private static GoFlags parse(String line) {
        return GoFlags.parse(Side.CLIENT, List.of(line.split(" ")));
    }

    private static Object value(GoFlags flags, Setting setting) {
        SettingValue value = flags.values().get(setting);
        assertThat(value).as("%s", setting).isNotNull();
        return value.value();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-mode fast3",
                "--mode fast3",
                "-mode=fast3",
                "--mode=fast3",
                "-mode fast -mode fast3",
                "-mode fast --mode=fast3"
            })
    void oneDashOrTwoBlankOrEqualsLastOneWins(String line) {
        assertThat(value(parse(line), Setting.MODE)).isEqualTo("fast3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-l :1", "--l :1", "-l=:1", "--l=:1", "-localaddr :1", "--localaddr=:1"})
    void shortNamesTakeBothDashesToo(String line) {
        assertThat(value(parse(line), Setting.LOCALADDR)).isEqualTo(":1");
    }

    @ParameterizedTest
    @CsvSource({
        "-nocomp, true",
        "--nocomp, true",
        "-nocomp=true, true",
        "-nocomp=1, true",
        "-nocomp=F, false",
        "-nocomp -nocomp=false, false",
    })
    void booleansTakeAValueOnlyAfterEquals(String line, boolean expected) {
        assertThat(value(parse(line), Setting.NOCOMP)).isEqualTo(expected);
    }

    @Test
    void aValueIsConsumedWhateverItLooksLike() {
        assertThat(value(parse("-l -r"), Setting.LOCALADDR)).isEqualTo("-r");
        assertThat(value(parse("-key --help"), Setting.KEY)).isEqualTo("--help");
        assertThat(value(parse("-key --"), Setting.KEY)).isEqualTo("--");
        assertThat(value(parse("-dscp -5"), Setting.DSCP)).isEqualTo(-5L);
    }

    @Test
    void onlyTheFirstEqualsSignParts() {
        assertThat(value(parse("-key=a=b=c"), Setting.KEY)).isEqualTo("a=b=c");
        assertThat(value(parse("-key="), Setting.KEY)).isEqualTo("");
        assertThat(value(GoFlags.parse(Side.CLIENT, List.of("-key", "")), Setting.KEY))
                .isEqualTo("");
    }

    @Test
    void parsingStopsAtTheFirstWordThatIsNoFlag() {
        GoFlags flags = parse("-nocomp false -mtu 1400");
        assertThat(flags.values()).containsOnlyKeys(Setting.NOCOMP);
        assertThat(flags.rest()).containsExactly("false", "-mtu", "1400");
        assertThat(flags.flagsInRest(Side.CLIENT)).containsExactly("mtu");
    }

    @ParameterizedTest
    @CsvSource({
        "-quiet - -nocomp, '-,-nocomp'",
        "-quiet -- -nocomp, -nocomp",
        "-quiet --, ''",
    })
    void aLoneDashStopsAndADoubleDashStopsAndIsGone(String line, String rest) {
        GoFlags flags = parse(line);
        assertThat(flags.values()).containsOnlyKeys(Setting.QUIET);
        assertThat(String.join(",", flags.rest())).isEqualTo(rest);
    }

    @Test
    void anEmptyWordStops() {
        GoFlags flags = GoFlags.parse(Side.CLIENT, List.of("-quiet", "", "-nocomp"));
        assertThat(flags.rest()).containsExactly("", "-nocomp");
    }

    @ParameterizedTest
    @CsvSource({
        "-mtu 0x578, 1400",
        "-mtu 1_400, 1400",
        "-mtu 0b1000, 8",
        "-mtu 0o17, 15",
        "-mtu 010, 8",
        "-mtu=+5, 5",
    })
    void integersHaveGosForms(String line, long expected) {
        assertThat(value(parse(line), Setting.MTU)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "---mode x | bad flag syntax in argument 1: write -name, -name=value or --name",
                "-=x | bad flag syntax in argument 1: write -name, -name=value or --name",
                "-quiet --=x | bad flag syntax in argument 2: write -name, -name=value or --name",
                "-mtu | flag -mtu needs a value: an integer",
                "-quiet -key | flag -key needs a value: a string",
                "-mtu=abc | flag -mtu: value \"abc\" is not an integer; allowed: an integer 50..1500 (bytes)",
                "-conn 1.5 | flag -conn: value \"1.5\" is not an integer; allowed: an integer 1..1024 (sessions)",
                "-conn= | flag -conn: value \"\" is not an integer; allowed: an integer 1..1024 (sessions)",
                "-conn 9223372036854775808 | flag -conn: value \"9223372036854775808\" is out of the 64-bit range;"
                        + " allowed: an integer 1..1024 (sessions)",
                "-quiet=maybe | flag -quiet: value \"maybe\" is not a boolean; allowed: true or false",
                "-quiet= | flag -quiet: value \"\" is not a boolean; allowed: true or false",
                "-ds 5 --datashard 7 | flags -ds and -datashard are two forms of the same flag; give one of them",
                "-datashard=5 -ps 1 -ds 5 | flags -datashard and -ds are two forms of the same flag; give one of them",
                "-x | unknown flag -x (-h lists all flags)",
                "-qpp | unknown flag -qpp; did you mean -QPP? (-h lists all flags)",
                "-Mode fast | unknown flag -Mode; did you mean -mode? (-h lists all flags)",
                "-dsps 1 | unknown flag -dsps (-h lists all flags)",
                "-keepaliv 3 | unknown flag -keepaliv; did you mean -keepalive? (-h lists all flags)",
                "-ds 1 -datashard 2 -zzz | unknown flag -zzz (-h lists all flags)",
                "-listen :1 | unknown flag -listen: it belongs to the server, this is the client",
                "-qpp-count 3 | unknown flag -qpp-count; did you mean -QPPCount? (-h lists all flags)",
            })
    void usageErrorsAreOneLineAndExitTwo(String line, String message) {
        Outcome<ClientConfig> outcome = ClientCommand.parse(line.split(" "), Map.of());
        assertThat(Outcomes.error(outcome)).isEqualTo("tunnel-client: " + message);
    }

    @Test
    void theServerSaysWhichSideAFlagBelongsTo() {
        assertThat(Outcomes.error(Outcomes.server("-conn", "2")))
                .isEqualTo("tunnel-server: unknown flag -conn: it belongs to the client, this is the server");
    }

    @Test
    void lIsLocaladdrOnTheClientAndListenOnTheServer() {
        assertThat(Outcomes.config(Outcomes.client("-l", "1.2.3.4:5")).localAddress())
                .hasToString("1.2.3.4:5");
        assertThat(Outcomes.config(Outcomes.server("-l", "1.2.3.4:5", "-t", "h:6"))
                        .listenAddress())
                .hasToString("1.2.3.4:5");
    }

    @Test
    void sameSpellingTwiceIsNoAliasClash() {
        assertThat(value(parse("-ds 5 --ds 7 -ds=9"), Setting.DATASHARD)).isEqualTo(9L);
    }

    @Test
    void whatIsShownOfUserInputIsOneHarmlessLine() {
        String error = Outcomes.error(Outcomes.client("-mtu", "1\n2\u001b[31m\u2028\u202e" + "x".repeat(500)));
        assertThat(error)
                .contains("\"1\\u000a2\\u001b[31m\\u2028\\u202exxx")
                .contains("...\"")
                .hasSizeLessThan(250);
    }
}
