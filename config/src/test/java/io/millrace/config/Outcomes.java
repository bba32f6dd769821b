package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

/** Shorthands of the tests for what a command line came to. */
final class Outcomes {

    private Outcomes() {}

    static Outcome<ClientConfig> client(String... args) {
        return ClientCommand.parse(args, Map.of());
    }

    static Outcome<ServerConfig> server(String... args) {
        return ServerCommand.parse(args, Map.of());
    }

    /** The configuration and warnings of an outcome that runs. */
    static <C> Outcome.Run<C> run(Outcome<C> outcome) {
        if (outcome instanceof Outcome.Run<C> run) {
            return run;
        }
        throw new AssertionError("expected a configuration, not " + outcome);
    }

    static <C> C config(Outcome<C> outcome) {
        return run(outcome).config();
    }

    static List<String> warnings(Outcome<?> outcome) {
        return run(outcome).warnings();
    }

    /** The error line of an outcome that must be a usage error: exit 2, one line, on standard error only. */
    static String error(Outcome<?> outcome) {
        if (!(outcome instanceof Outcome.Exit<?> exit)) {
            throw new AssertionError("expected an error, not " + outcome);
        }
        assertThat(exit.code()).isEqualTo(2);
        assertThat(exit.stdoutText()).isEmpty();
        assertThat(exit.stderrText())
                .endsWith("\n")
                .matches(text -> text.lines().count() == 1, "is one line");
        return exit.stderrText().strip();
    }
}
