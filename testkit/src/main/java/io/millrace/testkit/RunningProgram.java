package io.millrace.testkit;

import java.util.regex.Pattern;

/** A program of its own that a test has started, with its log kept and shown in failures. Any thread. */
public abstract sealed class RunningProgram implements AutoCloseable permits GoKcptun, JavaProgram {
    final ProgramProcess process;

    RunningProgram(ProgramProcess process) {
        this.process = process;
    }

    public final boolean isAlive() {
        return process.process().isAlive();
    }

    public final long pid() {
        return process.process().pid();
    }

    /** The last 2000 lines it printed, standard output and error together. */
    public final String log() {
        return process.log();
    }

    /** Waits until it has printed a line in which the expression is found; answers the line. */
    public final String awaitLine(String regex, long timeoutMs) {
        return process.awaitLine(regex, Pattern.compile(regex).asPredicate(), timeoutMs);
    }

    /** Ends it (SIGTERM, after ten seconds SIGKILL) and waits until it is gone and its log complete. */
    public final void stop() {
        process.stop();
    }

    /** Ends it as a crash would (SIGKILL) and waits until it is gone. */
    public final void kill() {
        process.kill();
    }

    /** Like {@link #stop}; without effect on a program that has ended. */
    @Override
    public final void close() {
        stop();
    }
}
