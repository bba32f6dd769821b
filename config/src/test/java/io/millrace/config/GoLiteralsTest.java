package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** spec: tunnel 1.3, integers and booleans. */
final class GoLiteralsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1400, 1400",
        "0x578, 1400",
        "0X578, 1400",
        "0xFf, 255",
        "0b101, 5",
        "0B101, 5",
        "0o17, 15",
        "0O17, 15",
        "010, 8",
        "00, 0",
        "-0, 0",
        "1_400, 1400",
        "0x_5_7_8, 1400",
        "0_10, 8",
        "0b_1, 1",
        "+5, 5",
        "-5, -5",
        "-0x10, -16",
        "+010, 8",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "0x7fffffffffffffff, 9223372036854775807",
    })
    void readsIntegersAsGoDoes(String text, long expected) throws GoLiterals.BadLiteralException {
        assertThat(GoLiterals.parseInteger(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", "+", "1.5", "1e3", " 5", "5 ", "abc", "0x8g", "0x", "0xg", "0b2", "0o8", "0b", "_1", "1_",
                "1__4", "0x_", "0_", "--5", "+-5", "-_5", "1_x", "٣", "１４", "0x１", "5L", "0_x10", "1,000"
            })
    void refusesWhatIsNoInteger(String text) {
        assertThatThrownBy(() -> GoLiterals.parseInteger(text)).hasMessage("not an integer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"08", "-09", "0128", "0_9"})
    void saysThatALeadingZeroMakesItOctal(String text) {
        assertThatThrownBy(() -> GoLiterals.parseInteger(text))
                .hasMessage("octal, since it begins with 0, and no such number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9223372036854775808", "-9223372036854775809", "0xffffffffffffffff", "99999999999999999999999999"
            })
    void refusesWhatExceeds64Bits(String text) {
        assertThatThrownBy(() -> GoLiterals.parseInteger(text)).hasMessage("out of the 64-bit range");
    }

    @Test
    void readsEveryNumberInEveryBaseWithAnyGoodUnderscores() {
        Seeds.run(20, seeds -> {
            SplittableRandom random = seeds.random("integers");
            String[] prefixes = {"", "0x", "0o", "0b", "0"};
            int[] radixes = {10, 16, 8, 2, 8};
            for (int round = 0; round < 20_000; round++) {
                int base = random.nextInt(prefixes.length);
                long magnitude = random.nextLong() >>> random.nextInt(1, 64);
                boolean negative = random.nextBoolean();
                StringBuilder text = new StringBuilder(negative ? "-" : random.nextBoolean() ? "+" : "");
                text.append(prefixes[base]);
                String digits = Long.toString(magnitude, radixes[base]);
                for (int i = 0; i < digits.length(); i++) {
                    boolean mayPart = i > 0 || !prefixes[base].isEmpty();
                    text.append(mayPart && random.nextInt(4) == 0 ? "_" : "").append(digits.charAt(i));
                }
                assertThat(GoLiterals.parseInteger(text.toString()))
                        .as("%s", text)
                        .isEqualTo(negative ? -magnitude : magnitude);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "1, true", "t, true", "T, true", "true, true", "TRUE, true", "True, true",
        "0, false", "f, false", "F, false", "false, false", "FALSE, false", "False, false",
    })
    void readsBooleansAsGoDoes(String text, boolean expected) throws GoLiterals.BadLiteralException {
        assertThat(GoLiterals.parseBoolean(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "no", "on", "off", "tRUE", "2", "-1", " true", "maybe"})
    void refusesWhatIsNoBoolean(String text) {
        assertThatThrownBy(() -> GoLiterals.parseBoolean(text)).hasMessage("not a boolean");
    }
}
