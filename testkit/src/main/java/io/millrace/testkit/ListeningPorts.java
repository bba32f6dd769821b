package io.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Who listens on this host, read from Linux's /proc/net: unlike a probing connection it leaves no trace in the program asked
 * about. Any thread.
 */
public final class ListeningPorts {
    private static final String TCP_LISTEN = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;

    private ListeningPorts() {}

    /** Whether a TCP socket listens on the port, on any address. */
    public static boolean isTcpListening(int port) {
        return Stream.of("tcp", "tcp6").flatMap(ListeningPorts::table).anyMatch(row -> {
            return row[STATE].equals(TCP_LISTEN) && isPort(row, port);
        });
    }

    /** Whether a UDP socket is bound to the port, on any address. */
    public static boolean isUdpBound(int port) {
        return Stream.of("udp", "udp6").flatMap(ListeningPorts::table).anyMatch(row -> isPort(row, port));
    }

    private static boolean isPort(String[] row, int port) {
        return row[LOCAL_ADDRESS].endsWith(String.format(Locale.ROOT, ":%04X", port));
    }

    private static Stream<String[]> table(String protocol) {
        Path file = Path.of("/proc/net", protocol);
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file, StandardCharsets.US_ASCII) : List.of();
            return lines.stream().skip(1).map(line -> line.trim().split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
