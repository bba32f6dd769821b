package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several targets on one server: a table of ports in the file. */
final class TargetTableTest {
    private final Path file;

    TargetTableTest(@TempDir Path directory) {
        file = directory.resolve("s.json");
    }

    private Outcome<ServerConfig> server(String table, String... flags) throws IOException {
        Files.writeString(file, "{\"key\": \"k\", \"smuxver\": 2,\n\"target\": " + table + "}");
        String[] args = new String[flags.length + 2];
        args[0] = "-c";
        args[1] = file.toString();
        System.arraycopy(flags, 0, args, 2, flags.length);
        return ServerCommand.parse(args, Map.of());
    }

    private String error(String table, String... flags) throws IOException {
        return Outcomes.error(server(table, flags)).replace("tunnel-server: " + file + ", ", "");
    }

    @Test
    void aTargetForThePortOfListen() throws IOException {
        Outcome<ServerConfig> outcome = server("{\"29900\": \"web:80\"}");
        assertThat(Outcomes.warnings(outcome)).isEmpty();
        TargetTable targets = Outcomes.config(outcome).targets();
        assertThat(targets.targetOf(29900)).isEqualTo(new Endpoint.HostPort("web", 80));
        assertThat(targets.targetOf(29899)).isNull();
        assertThat(targets.targetOf(29901)).isNull();
        assertThat(targets).hasToString("29900 to web:80");
    }

    @Test
    void rangesAndUnixSockets() throws IOException {
        Outcome<ServerConfig> outcome =
                server("{\"29890-29900\": \"unix:@a\", \"1\": \"[::1]:2\"}", "-listen", ":29900");
        TargetTable targets = Outcomes.config(outcome).targets();
        assertThat(targets.targetOf(29890)).isEqualTo(new Endpoint.UnixPath("@a"));
        assertThat(targets.targetOf(29900)).isEqualTo(new Endpoint.UnixPath("@a"));
        assertThat(targets.targetOf(1)).isEqualTo(new Endpoint.HostPort("::1", 2));
        assertThat(Outcomes.warnings(outcome))
                .containsExactly(file + ", line 2, ports \"1\": nothing is listened on there, listen says 29900");
        assertThat(Outcomes.config(outcome).effective()).containsEntry("target", "29890-29900 to @a, 1 to [::1]:2");
    }

    @Test
    void oneTargetIsForEveryPort() {
        TargetTable targets = ServerCommand.config("-target", "web:80").targets();
        assertThat(targets.targetOf(1)).isEqualTo(new Endpoint.HostPort("web", 80));
        assertThat(targets.targetOf(65535)).isEqualTo(new Endpoint.HostPort("web", 80));
        assertThat(targets).hasToString("web:80");
    }

    @Test
    void theTableWinsOverTheFlagAsEveryKeyDoes() throws IOException {
        Outcome<ServerConfig> outcome = server("{\"29900\": \"web:80\"}", "-t", "other:1");
        assertThat(Outcomes.config(outcome).targets()).hasToString("29900 to web:80");
        assertThat(Outcomes.warnings(outcome))
                .containsExactly("flag -t: overridden to {\"29900\": \"web:80\"} by " + file
                        + ", line 2, key \"target\" (a file wins over flags)");
    }

    @Test
    void everyPortThatIsListenedOnNeedsATarget() throws IOException {
        assertThat(error("{\"29901\": \"web:80\"}"))
                .isEqualTo("line 2, key \"target\": port 29900 has no target;"
                        + " allowed: a table with a target for each port of listen, 29900");
        assertThat(error("{\"29901\": \"web:80\"}", "-l", ":0")).contains("port 0 has no target");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"29900\": \"a:1\", \"29900\": \"b:1\"} | ports \"29900\": ports 29900 and 29900 overlap",
                "{\"29000-29900\": \"a:1\", \"29900-29901\": \"b:1\"} |"
                        + " ports \"29900-29901\": ports 29000-29900 and 29900-29901 overlap",
                "{\"1-65535\": \"a:1\", \"29900\": \"b:1\"} | ports \"29900\": ports 1-65535 and 29900 overlap",
            })
    void overlapsAreRefused(String table, String message) throws IOException {
        assertThat(error(table)).isEqualTo("line 2, " + message + "; allowed: one target for each port");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "65536",
                "x",
                "",
                "29900-",
                "-29900",
                "29901-29900",
                "29900 ",
                "1-65536",
                "29900-29901-29902"
            })
    void portsAreNumbersOrRanges(String ports) throws IOException {
        assertThat(error("{\"" + ports + "\": \"a:1\"}"))
                .isEqualTo("line 2, ports \"" + ports + "\": \"" + ports
                        + "\" is not allowed; allowed: a port 1..65535, or MIN-MAX of such, MIN not above MAX");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | key \"target\": the table is empty; allowed: at least one line of port and value",
                "{\"29900\": 80} | ports \"29900\": a single value is not allowed; allowed: a string in quotes",
                "{\"29900\": {}} | ports \"29900\": {...} is not allowed; allowed: a string in quotes",
                "{\"29900\": \"a:x\"} | ports \"29900\": value \"a:x\" is not allowed;"
                        + " allowed: a port number 1..65535 after the colon",
                "[\"a:1\"] | key \"target\": value an array is not allowed;"
                        + " allowed: a string in quotes, or a table by port",
                "80 | key \"target\": value 80 is not allowed; allowed: a string in quotes, or a table by port",
            })
    void otherValuesAreRefused(String table, String message) throws IOException {
        assertThat(error(table)).isEqualTo("line 2, " + message);
    }

    @Test
    void theLineOfTheRowIsNamed() throws IOException {
        assertThat(error("{\n\"29900\": \"a:1\",\n\"29901\": \"\"}")).startsWith("line 4, ports \"29901\": value \"\"");
    }

    @Test
    void noOtherKeyTakesATable() throws IOException {
        Files.writeString(file, "{\"listen\": {\"1\": \"a\"}}");
        assertThat(Outcomes.error(ServerCommand.parse(new String[] {"-c", file.toString()}, Map.of())))
                .endsWith("key \"listen\": value {...} is not allowed; allowed: a string in quotes");
    }

    @Test
    void rangesKnowTheirPorts() {
        assertThat(new PortRange(3, 5)).hasToString("3-5").matches(range -> range.contains(3) && range.contains(5));
        assertThat(new PortRange(3, 5)).matches(range -> !range.contains(2) && !range.contains(6));
        assertThat(PortRange.parse("00080")).isEqualTo(new PortRange(80, 80));
        for (List<Integer> bad : List.of(List.of(0, 1), List.of(5, 4), List.of(1, 65536), List.of(-1, 0))) {
            assertThatThrownBy(() -> new PortRange(bad.get(0), bad.get(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
