package io.millrace.tunnel.stats;

import io.millrace.tunnel.logging.RateLimiter;
import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the counters to their file once in a period, on a thread of its own: files block, event loops must not. A row that
 * cannot be written is lost and told of, and the next is tried. spec: tunnel 8.1
 */
public final class SnmpLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnmpLog.class);
    private static final long WARNING_PERIOD_MS = TimeUnit.MINUTES.toMillis(1);
    /** An event loop that takes longer to answer has other troubles. */
    private static final int ANSWER_TIMEOUT_SECONDS = 10;

    private static final int CLOSE_TIMEOUT_SECONDS = 1;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "millrace-snmplog");
        made.setDaemon(true);
        return made;
    });
    private final RateLimiter warnings = new RateLimiter(WARNING_PERIOD_MS);
    private final CounterCsv file;
    private final ProcessCounters counters;

    private SnmpLog(CounterCsv file, ProcessCounters counters) {
        this.file = file;
        this.counters = counters;
    }

    /**
     * Begins to write; the first row comes after one period.
     *
     * @param period above 0
     */
    public static SnmpLog start(CounterCsv file, long period, TimeUnit unit, ProcessCounters counters) {
        SnmpLog log = new SnmpLog(file, counters);
        log.thread.scheduleAtFixedRate(log::writeRow, period, period, unit);
        return log;
    }

    private void writeRow() {
        try {
            CounterSnapshot now = counters.snapshot().get(ANSWER_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            file.append(ZonedDateTime.now(ZoneId.systemDefault()), now);
        } catch (IOException | RuntimeException | ExecutionException | TimeoutException failure) {
            warnings.run(held ->
                    LOG.warn("snmplog {}: a row was lost: {}; trying again every period", file, failure.toString()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes no more once it returns; a row being written is waited for, but no longer than a second. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("snmplog {}: the last row is still being written", file);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
