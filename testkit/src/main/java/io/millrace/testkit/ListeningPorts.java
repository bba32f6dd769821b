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

    private static final Path HERE = Path.of("/proc/net");

    private ListeningPorts() {}

    /** Whether a TCP socket listens on the port, on any address. */
    public static boolean isTcpListening(int port) {
        return isTcpListening(HERE, port);
    }

    /** Whether a UDP socket is bound to the port, on any address. */
    public static boolean isUdpBound(int port) {
        return isUdpBound(HERE, port);
    }

    /** The same as {@link #isTcpListening(int)} in the network namespace of a process; false if it has ended. */
    static boolean isTcpListening(Process process, int port) {
        return isTcpListening(networkOf(process), port);
    }

    /** The same as {@link #isUdpBound(int)} in the network namespace of a process; false if it has ended. */
    static boolean isUdpBound(Process process, int port) {
        return isUdpBound(networkOf(process), port);
    }

    private static Path networkOf(Process process) {
        return Path.of("/proc", Long.toString(process.pid()), "net");
    }

    private static boolean isTcpListening(Path network, int port) {
        return Stream.of("tcp", "tcp6")
                .flatMap(protocol -> table(network, protocol))
                .anyMatch(row -> {
                    return row[STATE].equals(TCP_LISTEN) && isPort(row, port);
                });
    }

    private static boolean isUdpBound(Path network, int port) {
        return Stream.of("udp", "udp6")
                .flatMap(protocol -> table(network, protocol))
                .anyMatch(row -> isPort(row, port));
    }

    private static boolean isPort(String[] row, int port) {
        return row[LOCAL_ADDRESS].endsWith(String.format(Locale.ROOT, ":%04X", port));
    }

    private static Stream<String[]> table(Path network, String protocol) {
        Path file = network.resolve(protocol);
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file, StandardCharsets.US_ASCII) : List.of();
            return lines.stream().skip(1).map(line -> line.trim().split("\\s+"));
        } catch (IOException e) {
            if (!network.equals(HERE) && !Files.exists(file)) {
                return Stream.empty(); // the process has just ended
            }
            throw new UncheckedIOException(e);
        }
    }
}
