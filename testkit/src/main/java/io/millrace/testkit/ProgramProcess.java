package io.millrace.testkit;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A program under test: started with its output in a {@link ProcessLog}, waited for, and ended by its own handle only. Failures
 * carry the log. Secrets go by the environment, which no message shows.
 */
final class ProgramProcess {
    private static final long TERM_WAIT_MS = 10_000;
    private static final long POLL_NS = 10 * VirtualClock.NS_PER_MS;

    private final String name;
    private final Process process;
    private final ProcessLog log;

    ProgramProcess(String name, List<String> command, Map<String, String> environment) {
        this.name = name;
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be started: " + String.join(" ", command), e);
        }
        log = new ProcessLog(name, process.getInputStream());
    }

    Process process() {
        return process;
    }

    String log() {
        return log.text();
    }

    /** Waits until the condition holds; a program that ends first, or a timeout, is an error that shows the log. */
    void awaitReady(String what, BooleanSupplier ready, long timeoutMs) {
        long deadlineNs = System.nanoTime() + timeoutMs * VirtualClock.NS_PER_MS;
        while (!ready.getAsBoolean()) {
            if (!process.isAlive()) {
                throw failure("ended with status " + process.exitValue() + " before " + what);
            }
            if (System.nanoTime() - deadlineNs > 0) {
                stop();
                throw failure("not " + what + " within " + timeoutMs + " ms");
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    String awaitLine(String what, Predicate<String> fits, long timeoutMs) {
        String line;
        try {
            line = log.await(fits, System.nanoTime() + timeoutMs * VirtualClock.NS_PER_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            line = null;
        }
        if (line == null) {
            throw failure((process.isAlive() ? "did not print " : "ended without printing ") + what);
        }
        return line;
    }

    /** Ends at once (SIGKILL). */
    void kill() {
        process.toHandle().destroyForcibly();
        stop();
    }

    /** Asks to end (SIGTERM), then kills; waits for both. */
    void stop() {
        try {
            process.toHandle().destroy(); // unlike Process.destroy it leaves the output open for the last lines
            if (!process.waitFor(TERM_WAIT_MS, TimeUnit.MILLISECONDS)) {
                process.toHandle().destroyForcibly();
                process.waitFor();
            }
            log.awaitEnd(TERM_WAIT_MS);
        } catch (InterruptedException e) {
            process.toHandle().destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The exit status; waits for the program to end by itself. */
    int awaitExit(long timeoutMs) {
        Integer status = null;
        try {
            if (process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
                log.awaitEnd(TERM_WAIT_MS);
                status = process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return requireStatus(status, timeoutMs);
    }

    private int requireStatus(@Nullable Integer status, long timeoutMs) {
        if (status == null) {
            throw failure("did not end within " + timeoutMs + " ms");
        }
        return status;
    }

    private IllegalStateException failure(String what) {
        if (!process.isAlive()) {
            try {
                log.awaitEnd(TERM_WAIT_MS); // its last words may still be on their way
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return new IllegalStateException(name + " " + what + "; its log:\n" + log.text());
    }
}
