package io.millrace.config;

import java.util.List;

/**
 * What a command line came to: a configuration to run with, or a text to print and a status to exit with.
 *
 * @param <C> {@link ClientConfig} or {@link ServerConfig}
 */
public sealed interface Outcome<C> {

    /**
     * Start the program.
     *
     * @param config the validated configuration
     * @param warnings lines the user should see (to be logged as warnings), without the key; may be empty
     * @param notes lines that only explain (to be logged as information), likewise
     */
    record Run<C>(C config, List<String> warnings, List<String> notes) implements Outcome<C> {
        /** Copies the lines. */
        public Run {
            warnings = List.copyOf(warnings);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Print and leave.
     *
     * @param code exit status: 0 for help, version and a checked configuration, 2 for a usage or configuration error
     * @param stdoutText to be written to standard output as it is, line ends included; may be empty
     * @param stderrText likewise for standard error
     */
    record Exit<C>(int code, String stdoutText, String stderrText) implements Outcome<C> {}
}
