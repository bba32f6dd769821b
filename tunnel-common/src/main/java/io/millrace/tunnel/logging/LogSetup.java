package io.millrace.tunnel.logging;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Configures tinylog, the backend of both programs, through its system properties: one line an event with date, level
 * and message, to standard error. A log file stands in for that, so what else is printed there is in it, too.
 */
public final class LogSetup {
    private static final String FORMAT = "{date:yyyy/MM/dd HH:mm:ss} {level|min-size=5} {message}";

    private LogSetup() {}

    /**
     * Sets up logging; must come before the first logger is made.
     *
     * @param file path of the log file, null for standard error
     * @throws IOException if the file cannot be written; the message is for the user
     */
    public static void apply(@Nullable String file) throws IOException {
        if (file != null) {
            System.setErr(appendingTo(file));
        }
        set("writer", "console");
        set("writer.stream", "err");
        set("writer.format", FORMAT);
        set("level", "info");
        set("level@io.netty", "warn");
        set("autoshutdown", "false"); // the last lines are written by our own shutdown hook
    }

    /** Appends whatever happens to the file: tinylog's own writer goes on where it was if somebody truncates it. */
    private static PrintStream appendingTo(String file) throws IOException {
        try {
            return new PrintStream(new FileOutputStream(file, true), true, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IOException(
                    "log " + file + ": cannot be written (" + e.getClass().getSimpleName() + "); give a file in a"
                            + " directory that exists and that this user may write to",
                    e);
        }
    }

    private static void set(String key, String value) {
        String property = "tinylog." + key;
        if (System.getProperty(property) == null) { // the user's own settings win
            System.setProperty(property, value);
        }
    }
}
