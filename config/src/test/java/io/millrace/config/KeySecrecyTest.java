package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.testkit.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key is in no text this module makes, whatever goes wrong around it. */
final class KeySecrecyTest {

    private static final String SECRET = "Zq7-Xw9";

    private static String allText(Outcome<?> outcome) {
        String text = outcome.toString();
        if (outcome instanceof Outcome.Run<?> run && run.config() instanceof ClientConfig config) {
            text += config.effective();
        }
        return text;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-key Zq7-Xw9", "-key=Zq7-Xw9", "-key my Zq7-Xw9 -mtu 1400", "-key my -Zq7-Xw9", "-key=my --Zq7-Xw9=1",
                "-key Zq7-Xw9 -conn 0", "-key my ---Zq7-Xw9", "-key x y -Zq7-Xw9", "-kye=Zq7-Xw9", "-kye Zq7-Xw9"
            })
    void onTheCommandLine(String line) {
        assertThat(allText(Outcomes.client(line.split(" ")))).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"key\": \"Zq7-Xw9\"}", "{\"key\": \"Zq7-Xw9\", \"conn\": 0}", "{\"key\": \"Zq7-Xw9}",
                        "{\"key\": Zq7-Xw9}",
                "{\"key\": 'Zq7-Xw9'}", "{\"key\": [\"Zq7-Xw9\"]}", "{\"kye\": \"Zq7-Xw9\"}",
                        "{\"key\": \"Zq7-Xw9\" \"mtu\"",
                "{\"key\": \"Zq7-Xw9\n\"}", "{\"key\": \"\\Zq7-Xw9\"}", "{\"key\": {\"Zq7-Xw9\": 1}}"
            })
    void inTheFile(String json, @TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("c.json"), json);
        assertThat(allText(Outcomes.client("-c", file.toString()))).doesNotContain(SECRET);
        assertThat(allText(Outcomes.client("-c", file.toString(), "-key", SECRET + SECRET)))
                .doesNotContain(SECRET);
    }

    @Test
    void aNumberForAKeyIsNotShown() {
        ConfigException error = catchThrowableOfType(
                ConfigException.class,
                () -> JsonConfig.parse(Side.CLIENT, "c.json", "{\"key\": 4711}".getBytes(StandardCharsets.UTF_8)));
        assertThat(error)
                .hasMessage("c.json, line 1, key \"key\": the value (not shown) is not allowed;"
                        + " allowed: a string in quotes");
    }

    @Test
    void inTheEnvironmentWithAnyOtherFlags() {
        Seeds.run(21, seeds -> {
            SplittableRandom random = seeds.random("flags");
            List<String> words =
                    new ArrayList<>(List.of("-", "--", "0", "-1", "x", "help", ":1", "fast", "aes", "-h", "-zzz"));
            Setting.flagNames(Side.CLIENT).stream()
                    .filter(name -> !name.equals("c") && !name.equals("key"))
                    .forEach(name -> words.add("-" + name));
            for (int round = 0; round < 5_000; round++) {
                String[] args = new String[random.nextInt(6)];
                for (int i = 0; i < args.length; i++) {
                    args[i] = words.get(random.nextInt(words.size()));
                }
                Outcome<ClientConfig> outcome = ClientCommand.parse(args, Map.of("KCPTUN_KEY", SECRET));
                assertThat(allText(outcome)).as("%s", List.of(args)).doesNotContain(SECRET);
            }
        });
    }

    @Test
    void theKeyTypeIsMaskedButComparable() {
        assertThat(PreSharedKey.of(SECRET)).hasToString("***").isEqualTo(PreSharedKey.of(SECRET));
        assertThat(PreSharedKey.of(SECRET))
                .isNotEqualTo(PreSharedKey.of("x"))
                .hasSameHashCodeAs(PreSharedKey.of(SECRET));
        assertThat(PreSharedKey.of("é").bytes()).containsExactly(0xc3, 0xa9);
        PreSharedKey key = PreSharedKey.of("ab");
        key.bytes()[0] = 'X';
        assertThat(key.bytes()).containsExactly('a', 'b');
    }
}
