package io.millrace.tunnel.session;

import io.millrace.config.MillraceVersion;
import io.millrace.config.Outcome;
import io.millrace.config.TunnelSettings;
import io.millrace.tunnel.logging.LogSetup;
import io.millrace.tunnel.net.SocketBuffers;
import io.millrace.tunnel.stats.ProcessCounters;
import java.io.IOException;
import java.security.Security;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a program: say what is wrong with the command line, or log the effective configuration, start, and stop in
 * order on SIGTERM or SIGINT. Exit status 2 for bad input, 1 when starting fails.
 */
public final class Daemon {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_BAD_INPUT = 2;
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";
    private static final String BUFFER_EVENTS = "io.netty.jfr.enabled";

    private Daemon() {}

    /** Starts what the program is for. */
    @FunctionalInterface
    public interface Starter<C> {
        /** Starts it; an {@link IOException}'s message is for the user. */
        Running start(C config) throws IOException;
    }

    /**
     * A started program.
     *
     * @param summary what it does now, for the log
     * @param counters what it counts
     * @param stop ends it in order
     */
    public record Running(String summary, ProcessCounters counters, Runnable stop) {}

    /**
     * Lets the JVM remember the addresses of names for a second instead of half a minute: a server or target that moved is to be
     * found. Before the first look-up.
     */
    public static void forgetAddressesSoon() {
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }

    /**
     * Runs a program until it is told to stop.
     *
     * @param outcome what the command line came to
     * @param settings where the configuration has what both programs share
     * @param effective the configuration as the banner shows it
     */
    public static <C> void run(
            Outcome<C> outcome,
            Function<C, TunnelSettings> settings,
            Function<C, Map<String, String>> effective,
            Starter<C> starter) {
        if (outcome instanceof Outcome.Exit<C> exit) {
            System.out.print(exit.stdoutText());
            System.out.flush();
            System.err.print(exit.stderrText());
            System.exit(exit.code());
        } else if (outcome instanceof Outcome.Run<C> run) {
            run(run, settings.apply(run.config()), effective, starter);
        }
    }

    /**
     * Sampling buffers for leaks costs a stack trace each time; the tests look for leaks instead. And JFR events of each buffer would
     * make the first connection wait for a tenth of a second at each end while JFR is set up.
     */
    private static void leaveOutBufferTracking() {
        setIfAbsent(LEAK_DETECTION, "disabled");
        setIfAbsent(BUFFER_EVENTS, "false");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static <C> void run(
            Outcome.Run<C> run,
            TunnelSettings settings,
            Function<C, Map<String, String>> effective,
            Starter<C> starter) {
        try {
            LogSetup.apply(settings.log().file().orElse(null));
        } catch (IOException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_BAD_INPUT);
        }
        leaveOutBufferTracking();
        Logger logger = LoggerFactory.getLogger(Daemon.class);
        String banner = effective.apply(run.config()).entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining(" | "));
        logger.info("millrace {} | {}", MillraceVersion.current(), banner);
        for (String warning : run.warnings()) {
            logger.warn("{}", warning);
        }
        SocketBuffers.shortfall(settings.udp().socketBufferBytes()).ifPresent(warning -> logger.warn("{}", warning));
        for (String note : run.notes()) {
            logger.info("{}", note);
        }
        try {
            Running running = starter.start(run.config());
            stopOnSignal(running, Diagnostics.start(settings.diagnostics(), running.counters()), logger);
            logger.info("{}", running.summary()); // after it a signal stops the program in order
        } catch (IOException | IllegalArgumentException e) {
            logger.error("cannot start: {}", e.getMessage());
            System.exit(EXIT_FAILED);
        }
    }

    private static void stopOnSignal(Running running, Diagnostics diagnostics, Logger logger) {
        Runnable stop = () -> {
            logger.info("stopping");
            diagnostics.close();
            running.stop().run();
            logger.info("stopped");
        };
        Runtime.getRuntime().addShutdownHook(new Thread(stop, "millrace-stop"));
    }
}
