package io.millrace.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The last lines a program printed; a thread of its own reads them until the program closes its output. */
final class ProcessLog {
    private static final int MAX_LINES = 2000;
    private static final int MAX_LINE_CHARS = 2000;

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final Thread reader;
    private long dropped;
    private boolean ended;

    ProcessLog(String name, InputStream output) {
        reader = new Thread(() -> read(output), "log of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream output) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            String line = in.readLine();
            while (line != null) {
                add(line.length() > MAX_LINE_CHARS ? line.substring(0, MAX_LINE_CHARS) + "..." : line);
                line = in.readLine();
            }
        } catch (IOException e) {
            add("(reading the log failed: " + e.getMessage() + ")");
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        if (lines.size() == MAX_LINES) {
            lines.remove();
            dropped++;
        }
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized String text() {
        String start = dropped == 0 ? "" : "(" + dropped + " earlier lines left out)\n";
        return start + String.join("\n", lines);
    }

    /** The first kept line that fits; waits for it until the deadline (System.nanoTime) or the log's end, then null. */
    synchronized @Nullable String await(Predicate<String> fits, long deadlineNs) throws InterruptedException {
        long seen = 0; // lines looked at, dropped ones counted
        while (true) {
            long index = dropped;
            for (String line : lines) {
                if (index++ >= seen && fits.test(line)) {
                    return line;
                }
            }
            seen = index;
            long leftMs = (deadlineNs - System.nanoTime()) / VirtualClock.NS_PER_MS;
            if (ended || leftMs <= 0) {
                return null;
            }
            wait(leftMs);
        }
    }

    /** Waits until the program's last line is in. */
    void awaitEnd(long timeoutMs) throws InterruptedException {
        reader.join(timeoutMs);
    }
}
