package io.millrace.tunnel.profiler;

import java.util.Comparator;
import java.util.Map;

/** What every thread is doing now, as text. */
final class ThreadDump {
    private ThreadDump() {}

    static String text() {
        StringBuilder text = new StringBuilder();
        Thread.getAllStackTraces().entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Thread, StackTraceElement[]> entry) ->
                        entry.getKey().getName()))
                .forEach(entry -> append(text, entry.getKey(), entry.getValue()));
        return text.toString();
    }

    private static void append(StringBuilder text, Thread thread, StackTraceElement[] stack) {
        text.append('"').append(thread.getName()).append('"');
        if (thread.isDaemon()) {
            text.append(" daemon");
        }
        text.append(' ').append(thread.getState()).append('\n');
        for (StackTraceElement frame : stack) {
            text.append("    at ").append(frame).append('\n');
        }
        text.append('\n');
    }
}
