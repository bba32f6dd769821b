package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JavaProgramTest {
    private static final long WAIT_MS = 30_000;

    /** Does what its first argument says. */
    static final class Sample {
        private Sample() {}

        public static void main(String[] args) throws InterruptedException {
            switch (args[0]) {
                case "print" -> {
                    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                        System.out.println("line " + i + " " + System.getProperty("sample") + System.getenv("SAMPLE"));
                    }
                    System.err.println("y".repeat(5000));
                }
                case "read" -> System.out.println("input: " + new Scanner(System.in, "UTF-8").hasNext());
                default -> {
                    System.out.println("ready");
                    new CountDownLatch(1).await();
                }
            }
        }
    }

    private static JavaProgram.Builder sample(String... args) {
        return JavaProgram.mainClass(Sample.class).jvmFlags("-Xmx64m").args(args);
    }

    @Test
    void keepsTheLastLinesAndWaitsForOne() {
        try (JavaProgram program = sample("print", "5000")
                .jvmFlags("-Dsample=a")
                .environment("SAMPLE", "b")
                .start()) {
            assertThat(program.awaitExit(WAIT_MS)).isZero();
            assertThat(program.awaitLine("line 49\\d\\d ab", WAIT_MS)).isEqualTo("line 4900 ab");
            assertThat(program.log()).startsWith("(3001 earlier lines left out)\nline 3001 ab\n");
            assertThat(program.log()).endsWith("yyy...");
            assertThat(program.log().length()).isLessThan(50_000);
            assertThatThrownBy(() -> program.awaitLine("line 1 ", WAIT_MS))
                    .hasMessageContaining("ended without printing line 1 ; its log:\n(3001 earlier");
        }
    }

    @Test
    void closeEndsAProgramThatRuns() {
        JavaProgram program = sample("wait").start();
        assertThat(program.awaitLine("^ready$", WAIT_MS)).isEqualTo("ready");
        assertThat(program.isAlive()).isTrue();
        assertThat(ProcessHandle.of(program.pid())).isPresent();
        assertThatThrownBy(() -> program.awaitLine("never", 50)).hasMessageContaining("did not print never");
        assertThatThrownBy(() -> program.awaitExit(50)).hasMessageContaining("did not end within 50 ms");
        program.stop();
        assertThat(program.isAlive()).isFalse();
        assertThatThrownBy(() -> program.awaitTcpListening(1, WAIT_MS)).hasMessageContaining("ended with status");
    }

    @Test
    void killEndsItWithoutShutdown() {
        try (JavaProgram program = sample("wait").start()) {
            program.awaitLine("ready", WAIT_MS);
            program.kill();
            assertThat(program.isAlive()).isFalse();
            assertThat(program.awaitExit(WAIT_MS)).isEqualTo(128 + 9);
        }
    }

    @Test
    void aProgramThatNeverListensIsEndedAndShown() {
        try (JavaProgram program = sample("wait").start()) {
            program.awaitLine("ready", WAIT_MS);
            assertThatThrownBy(() -> program.awaitUdpBound(FreePorts.next(), 50))
                    .hasMessageContaining("not bound to UDP port")
                    .hasMessageContaining("ready");
            assertThat(program.isAlive()).isFalse();
        }
    }

    @Test
    void standardInputIsAtItsEnd() {
        try (JavaProgram program = sample("read").start()) {
            assertThat(program.awaitLine("input", WAIT_MS)).isEqualTo("input: false");
        }
    }
}
