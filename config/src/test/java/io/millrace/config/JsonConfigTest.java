package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON reader, row by row. spec: tunnel 1.5 */
final class JsonConfigTest {

    private static JsonConfig parse(String json) {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonConfig parse(byte[] json) {
        return JsonConfig.parse(Side.CLIENT, "c.json", json);
    }

    private static Object value(JsonConfig config, Setting setting) {
        SettingValue value = config.values().get(setting);
        assertThat(value).as("%s", setting).isNotNull();
        return value.value();
    }

    @Test
    void eachTypeIsRead() {
        JsonConfig config = parse("{\"mtu\": 1400, \"quiet\": true, \"mode\": \"fast2\", \"qpp-count\": 61}");
        assertThat(value(config, Setting.MTU)).isEqualTo(1400L);
        assertThat(value(config, Setting.QUIET)).isEqualTo(true);
        assertThat(value(config, Setting.MODE)).isEqualTo("fast2");
        assertThat(value(config, Setting.QPP_COUNT)).isEqualTo(61L);
        assertThat(config.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"MODE", "Mode", "mOdE", "mode"})
    void letterCaseOfKeysDoesNotMatter(String key) {
        assertThat(value(parse("{\"" + key + "\": \"fast2\"}"), Setting.MODE)).isEqualTo("fast2");
    }

    @Test
    void ofAKeyGivenTwiceTheLastCountsAndIsWarnedOf() {
        JsonConfig config = parse("{\"mtu\": 1300,\n\"MTU\": 1400}");
        assertThat(value(config, Setting.MTU)).isEqualTo(1400L);
        assertThat(config.warnings())
                .containsExactly("c.json, line 2, key \"MTU\": given already in line 1; the last one counts");
    }

    @Test
    void nullLeavesTheValue() {
        assertThat(parse("{\"mtu\": null, \"quiet\": null, \"key\": null}").values())
                .isEmpty();
        assertThat(value(parse("{\"mtu\": 1300, \"mtu\": null}"), Setting.MTU)).isEqualTo(1300L);
    }

    @Test
    void aNullDocumentConfiguresNothing() {
        JsonConfig config = parse(" null\n");
        assertThat(config.values()).isEmpty();
        assertThat(config.warnings()).containsExactly("c.json: the file says null; nothing is configured by it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"mtu\": 1400} trailing",
                "{\"mtu\": 1400}}",
                "{\"mtu\": 1400}\n{\"mtu\": 1}",
                "{\"mtu\": 1400}\0"
            })
    void textBehindTheClosingBraceIsNotLookedAt(String json) {
        assertThat(value(parse(json), Setting.MTU)).isEqualTo(1400L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"mtu\": 1400.0 | value 1400.0 | an integer 50..1500 (bytes), without quotes, point or exponent",
                "\"mtu\": 1.4e3 | value 1.4e3 | an integer 50..1500 (bytes), without quotes, point or exponent",
                "\"mtu\": \"1400\" | value \"1400\" | an integer 50..1500 (bytes), without quotes, point or exponent",
                "\"mtu\": true | value true | an integer 50..1500 (bytes), without quotes, point or exponent",
                "\"mtu\": [1] | value an array | an integer 50..1500 (bytes), without quotes, point or exponent",
                "\"mtu\": 9223372036854775808 | value 9223372036854775808 |"
                        + " an integer 50..1500 (bytes), without quotes, point or exponent",
                "\"quiet\": \"true\" | value \"true\" | true or false, without quotes",
                "\"quiet\": 1 | value 1 | true or false, without quotes",
                "\"mode\": 3 | value 3 | a string in quotes",
                "\"mode\": {\"a\": 1} | value {...} | a string in quotes",
                "\"mode\": false | value false | a string in quotes",
            })
    void aValueOfTheWrongTypeIsRefused(String member, String given, String allowed) {
        String key = member.substring(0, member.indexOf(':'));
        assertThatThrownBy(() -> parse("{\n\n" + member + "}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("c.json, line 3, key " + key + ": " + given + " is not allowed; allowed: " + allowed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ // no\\n} | line 1, column 3: not valid JSON; comments are not allowed",
                "{\\n /* no */ } | line 2, column 2: not valid JSON; comments are not allowed",
                "{\\n# no\\n} | line 2, column 1: not valid JSON; comments are not allowed",
                "{\"mtu\": 1400,} | line 1, column 14: not valid JSON; no comma is allowed before a closing bracket",
                "{'mtu': 1400} | line 1, column 2: not valid JSON; strings need double quotes",
                "{\"mode\": 'fast'} | line 1, column 10: not valid JSON; strings need double quotes",
                "{\"mtu\" 1400} | line 1, column 8: not valid JSON",
                "{mtu: 1400} | line 1, column 2: not valid JSON",
                "{\"mtu\": 0123} | line 1, column 9: not valid JSON",
                "{\"mtu\": 1400 | line 1, column 13: not valid JSON; the file ends too early",
                "{ | line 1, column 2: not valid JSON; the file ends too early",
            })
    void brokenFilesAreRefusedWithThePlace(String json, String message) {
        assertThatThrownBy(() -> parse(json.replace("\\n", "\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching(
                        "c\\.json, \\Q" + message.replaceFirst("column \\d+", "column \\\\E\\\\d+\\\\Q") + "\\E");
    }

    @Test
    void aByteOrderMarkIsRefused() {
        assertThatThrownBy(() -> parse("\ufeff{}")).hasMessageContaining("byte order mark");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t"})
    void anEmptyFileIsRefused(String json) {
        assertThatThrownBy(() -> parse(json))
                .hasMessage("c.json: the file is empty; allowed: one JSON object, at least {}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | an array",
                "[{}] | an array",
                "3 | a single value",
                "true | a single value",
                "\"x\" | a string"
            })
    void aDocumentThatIsNoObjectIsRefused(String json, String what) {
        assertThatThrownBy(() -> parse(json))
                .hasMessage("c.json, line 1: the file holds " + what + "; allowed: one JSON object in braces");
    }

    @Test
    void bytesThatAreNotUtf8AreReplacedOneByOne() {
        byte[] json = "{\"log\": \"a??b?\"}".getBytes(StandardCharsets.US_ASCII);
        json[10] = (byte) 0xe2;
        json[11] = (byte) 0x82;
        json[13] = (byte) 0xff;
        assertThat(value(parse(json), Setting.LOG)).isEqualTo("a\ufffd\ufffdb\ufffd");
    }

    @Test
    void halfSurrogatePairsAreReplacedAndWholeOnesKept() {
        assertThat(value(parse("{\"log\": \"\\ud800x\\udc00\\ud83d\\ude00\"}"), Setting.LOG))
                .isEqualTo("\ufffdx\ufffd\ud83d\ude00");
    }

    @Test
    void anUnknownKeyIsNamedWithTheNearest() {
        assertThat(parse("{\"mtu\": 1400,\n \"autoexpire_\": 300}").warnings())
                .containsExactly("c.json, line 2, key \"autoexpire_\": ignored, there is no such key;"
                        + " did you mean autoexpire?");
        JsonConfig config = parse("{\"_comment\": \"x\",\n\n \"zzzzzz\": {\"mtu\": [1]}, \"mtu\": 1400}");
        assertThat(value(config, Setting.MTU)).isEqualTo(1400L);
        assertThat(config.warnings())
                .containsExactly(
                        "c.json, line 1, key \"_comment\": ignored, there is no such key",
                        "c.json, line 3, key \"zzzzzz\": ignored, there is no such key");
    }

    @ParameterizedTest
    @CsvSource({"ds, datashard", "r, remoteaddr", "QPPCount, qpp-count", "snd_wnd, sndwnd", "smux-ver, smuxver"})
    void aKeyThatIsAFlagOrNearlyAKeyIsNamedWithTheKey(String key, String meant) {
        assertThat(parse("{\"" + key + "\": 1}").warnings())
                .containsExactly("c.json, line 1, key \"" + key + "\": ignored, there is no such key; did you mean "
                        + meant + "?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "help", "h", "version", "check-config"})
    void whatIsOnlyAFlagIsNoKey(String key) {
        assertThat(parse("{\"" + key + "\": 1}").warnings())
                .containsExactly("c.json, line 1, key \"" + key + "\": ignored, there is no such key");
    }

    @Test
    void keysOfTheOtherSideAreOnlyNoted() {
        JsonConfig config = parse("{\"listen\": [\":1\", {\"a\": 2}], \"Target\": {\"1\": 2}, \"mtu\": 1400}");
        assertThat(config.values()).containsOnlyKeys(Setting.MTU);
        assertThat(config.warnings()).isEmpty();
        assertThat(config.notes())
                .containsExactly(
                        "c.json, line 1, key \"listen\": ignored, it belongs to the server and this is the client",
                        "c.json, line 1, key \"Target\": ignored, it belongs to the server and this is the client");
    }

    @Test
    void aHugeNumberIsRefusedNotComputed() {
        assertThatThrownBy(() -> parse("{\"mtu\": " + "9".repeat(100_000) + "}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("c.json, line 1");
        assertThatThrownBy(() -> parse("{\"listen\": " + "[".repeat(500_000))).isInstanceOf(ConfigException.class);
    }

    @Test
    void filesThatCannotBeReadAreNamed(@TempDir Path directory) throws IOException {
        assertThat(Outcomes.error(Outcomes.client("-c", "/no/such/file")))
                .isEqualTo("tunnel-client: flag -c: no such file: \"/no/such/file\"");
        assertThat(Outcomes.error(Outcomes.client("-c", directory.toString())))
                .contains("flag -c: cannot read the file \"" + directory);
        assertThat(Outcomes.error(Outcomes.client("-c", "a\0b")))
                .contains("flag -c: cannot read the file \"a\\u0000b\"");
        Path big = Files.write(directory.resolve("big.json"), new byte[JsonConfig.MAX_FILE_BYTES + 1]);
        assertThat(Outcomes.error(Outcomes.client("-c", big.toString()))).contains("larger than 1048576 bytes");
    }

    @Test
    void anEmptyFileNameMeansNoFile() {
        assertThat(Outcomes.config(Outcomes.client("-c", "")).pool().connections())
                .isEqualTo(1);
    }
}
