package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code comp} and its older form {@code nocomp}. */
final class CompressionTest {

    @ParameterizedTest
    @CsvSource({
        "-quiet, SNAPPY",
        "-comp snappy, SNAPPY",
        "-comp lz4, LZ4",
        "-comp none, NONE",
        "-nocomp, NONE",
        "-nocomp=false, SNAPPY",
        "-comp none -nocomp, NONE",
        "-comp lz4 -nocomp=false, LZ4",
    })
    void bothFormsAreUnderstood(String flags, Compression compression) {
        assertThat(ClientCommand.config(flags.split(" ")).tunnel().compression())
                .isEqualTo(compression);
        assertThat(ServerCommand.config(flags.split(" ")).tunnel().compression())
                .isEqualTo(compression);
    }

    @ParameterizedTest
    @CsvSource({"-comp lz4 -nocomp, true", "-comp snappy -nocomp, true", "-comp none -nocomp=false, false"})
    void contradictionsAreRefused(String flags, boolean older) {
        String comp = flags.substring("-comp ".length(), flags.indexOf(" -nocomp"));
        assertThat(Outcomes.error(Outcomes.client(flags.split(" "))))
                .isEqualTo("tunnel-client: flag -comp: value \"" + comp + "\" contradicts flag -nocomp, value " + older
                        + "; give only one of them");
    }

    @Test
    void aContradictionBetweenFlagAndFileIsOneToo(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("c.json");
        Files.writeString(file, "{\"comp\": \"lz4\"}");
        assertThat(Outcomes.config(Outcomes.client("-c", file.toString()))
                        .tunnel()
                        .compression())
                .isEqualTo(Compression.LZ4);
        assertThat(Outcomes.error(Outcomes.client("-nocomp", "-c", file.toString())))
                .contains("c.json, line 1, key \"comp\": value \"lz4\" contradicts flag -nocomp, value true");
    }

    @Test
    void anUnknownNameIsNamedWithTheAllowedOnes() {
        assertThat(Outcomes.error(Outcomes.server("-comp", "lz")))
                .isEqualTo("tunnel-server: flag -comp: value \"lz\" is not allowed; allowed: snappy, lz4, none");
        assertThat(Outcomes.error(Outcomes.server("-comp", "snapy"))).endsWith("; did you mean snappy?");
    }

    @Test
    void onlyAServerIsStrict() {
        assertThat(ServerCommand.config().strict()).isFalse();
        assertThat(ServerCommand.config("-strict").strict()).isTrue();
        assertThat(Outcomes.error(Outcomes.client("-strict"))).contains("-strict");
    }
}
