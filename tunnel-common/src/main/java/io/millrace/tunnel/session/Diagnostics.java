package io.millrace.tunnel.session;

import io.millrace.config.DiagnosticsSettings;
import io.millrace.tunnel.profiler.ProfilerServer;
import io.millrace.tunnel.stats.CounterCsv;
import io.millrace.tunnel.stats.CounterSnapshot;
import io.millrace.tunnel.stats.ProcessCounters;
import io.millrace.tunnel.stats.SnmpLog;
import io.millrace.tunnel.stats.UserSignal;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What watches a running program: its counters in a file and on SIGUSR1, the profiler. spec: tunnel 8 */
final class Diagnostics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Diagnostics.class);
    private static final int ANSWER_TIMEOUT_SECONDS = 10;

    private final @Nullable SnmpLog snmpLog;
    private final @Nullable ProfilerServer profiler;

    private Diagnostics(@Nullable SnmpLog snmpLog, @Nullable ProfilerServer profiler) {
        this.snmpLog = snmpLog;
        this.profiler = profiler;
    }

    /** Begins to watch. What does not work is told of and left out: the tunnel is worth more. */
    static Diagnostics start(DiagnosticsSettings settings, ProcessCounters counters) {
        if (!UserSignal.onUsr1(() -> dump(counters))) {
            LOG.debug("no counters on SIGUSR1: this Java has no signals");
        }
        return new Diagnostics(startLog(settings, counters), settings.pprof() ? startProfiler() : null);
    }

    private static @Nullable SnmpLog startLog(DiagnosticsSettings settings, ProcessCounters counters) {
        String path = settings.snmpLog().orElse(null);
        if (path == null || settings.snmpPeriodSeconds() == 0) {
            return null;
        }
        return SnmpLog.start(new CounterCsv(path), settings.snmpPeriodSeconds(), TimeUnit.SECONDS, counters);
    }

    private static void dump(ProcessCounters counters) {
        try {
            CounterSnapshot now = counters.snapshot().get(ANSWER_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            LOG.info("{}", now);
            if (!now.dropped().isEmpty()) {
                LOG.info("dropped since the start: {}", now.dropped());
            }
        } catch (ExecutionException | TimeoutException | RuntimeException failure) {
            LOG.warn("no counters: {}", failure.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable ProfilerServer startProfiler() {
        String missing = Stream.of("jdk.httpserver", "jdk.jfr")
                .filter(module -> ModuleLayer.boot().findModule(module).isEmpty())
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            LOG.warn("pprof: not available, this Java runtime is without {}", missing);
            return null;
        }
        try {
            ProfilerServer started = ProfilerServer.start();
            LOG.info("profiler on {}", started.url());
            return started;
        } catch (IOException e) {
            LOG.warn("pprof: not available, it cannot listen: {}", e.getMessage());
            return null;
        }
    }

    @Override
    public void close() {
        SnmpLog log = snmpLog;
        if (log != null) {
            log.close();
        }
        ProfilerServer server = profiler;
        if (server != null) {
            server.close();
        }
    }
}
