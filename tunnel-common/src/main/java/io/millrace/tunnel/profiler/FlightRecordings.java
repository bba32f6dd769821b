package io.millrace.tunnel.profiler;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Configuration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import org.jspecify.annotations.Nullable;

/**
 * One JFR recording at a time, bounded in time and size, with the JDK's profiling settings but for the events that repeat
 * command lines, environment variables or system properties: users hand the key over in these. Any thread.
 */
final class FlightRecordings implements AutoCloseable {
    static final int MAX_SECONDS = 600;
    static final long MAX_BYTES = 64L << 20;

    /** {@code jdk.SystemProcess} shows the command lines of all programs of the machine. */
    static final List<String> REVEALING_EVENTS = List.of(
            "jdk.JVMInformation",
            "jdk.InitialSystemProperty",
            "jdk.InitialEnvironmentVariable",
            "jdk.SystemProcess",
            "jdk.ProcessStart",
            "jdk.JavaAgent",
            "jdk.NativeAgent");

    /** Running, or the last one that ran. */
    private @Nullable Recording recording;

    /** What the caller asked for cannot be done now; the message is for the user. */
    static final class NotNowException extends Exception {
        private static final long serialVersionUID = 1L;

        NotNowException(String message) {
            super(message);
        }
    }

    /**
     * Starts recording; an older recording is forgotten.
     *
     * @param seconds 1..{@value #MAX_SECONDS}, after which it stops by itself
     */
    synchronized void start(int seconds) throws NotNowException, IOException {
        // What another recording asks for would be in ours, too.
        if (FlightRecorder.getFlightRecorder().getRecordings().stream()
                .anyMatch(other -> other.getState() == RecordingState.RUNNING)) {
            throw new NotNowException("a recording is running");
        }
        close();
        Recording fresh = new Recording(settings());
        fresh.setName("millrace");
        fresh.setDuration(Duration.ofSeconds(seconds));
        fresh.setMaxSize(MAX_BYTES);
        fresh.start();
        recording = fresh;
    }

    static Map<String, String> settings() throws IOException {
        Map<String, String> settings;
        try {
            settings = new HashMap<>(Configuration.getConfiguration("profile").getSettings());
        } catch (ParseException e) {
            throw new IOException("the JDK's profiling settings cannot be read", e);
        }
        for (String event : REVEALING_EVENTS) {
            settings.put(event + "#enabled", "false");
        }
        return settings;
    }

    /** Ends the recording, so that it can be fetched. */
    synchronized void stop() throws NotNowException {
        Recording present = recording;
        if (present == null || present.getState() != RecordingState.RUNNING) {
            throw new NotNowException("no recording is running");
        }
        present.stop();
    }

    /** Writes the recording that ended last. */
    synchronized void write(Path file) throws NotNowException, IOException {
        Recording present = recording;
        if (present == null) {
            throw new NotNowException("nothing was recorded yet");
        }
        if (present.getState() == RecordingState.RUNNING) {
            throw new NotNowException("the recording is still running; stop it first");
        }
        present.dump(file);
    }

    /** Ends and forgets everything. */
    @Override
    public synchronized void close() {
        Recording present = recording;
        if (present != null) {
            recording = null;
            present.close();
        }
    }
}
