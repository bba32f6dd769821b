package io.millrace.tunnel.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backend can be configured once per program, so each case runs in a program of its own. */
class LogSetupTest {
    private static final String LINE = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ";

    /** Logs some lines to the file named by the argument. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            LogSetup.apply(args.length == 0 ? null : args[0]);
            Logger log = LoggerFactory.getLogger(Program.class);
            log.info("first {}", 1);
            log.debug("hidden");
            log.warn("naïve ${HOME} {}", "second");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> log.info("last")));
        }
    }

    private record Output(String out, String err) {}

    private static Output run(Path dir, Class<?> program, String... args) throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-cp",
                classPath,
                program.getName()));
        command.addAll(List.of(args));
        Path out = dir.resolve("out.txt");
        Path err = dir.resolve("err.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        process.waitFor();
        return new Output(Files.readString(out), Files.readString(err));
    }

    @Test
    void writesToStandardErrorInTheFormatOfKcptun(@TempDir Path dir) throws Exception {
        Output output = run(dir, Program.class);
        assertThat(output.out()).isEmpty();
        assertThat(output.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).matches(LINE + "INFO  first 1"),
                        line -> assertThat(line).matches(LINE + "WARN  .*HOME.* second"),
                        line -> assertThat(line).matches(LINE + "INFO  last"));
    }

    @Test
    void appendsToAFile(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("a log.txt");
        Files.writeString(file, "before\n");
        Output output = run(dir, Program.class, file.toString());
        assertThat(output.err()).isEmpty();
        assertThat(output.out()).isEmpty();
        assertThat(Files.readString(file, StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("before"),
                        line -> assertThat(line).matches(LINE + "INFO  first 1"),
                        line -> assertThat(line).matches(LINE + "WARN  naïve \\$\\{HOME} second"),
                        line -> assertThat(line).matches(LINE + "INFO  last"));
    }

    @Test
    void namesAFileThatCannotBeOpened(@TempDir Path dir) {
        String missing = dir.resolve("no/such/log").toString();
        assertThatThrownBy(() -> LogSetup.apply(missing))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("log " + missing + ": cannot be written");
        assertThatThrownBy(() -> LogSetup.apply(dir.toString())).isInstanceOf(IOException.class);
    }
}
