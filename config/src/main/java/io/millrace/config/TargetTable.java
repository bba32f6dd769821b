package io.millrace.config;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a server connects the streams of a session to, by the port that the session's client sends to. Every port that is
 * listened on has a target.
 *
 * @param rows without overlap
 */
public record TargetTable(List<Row> rows) {

    /**
     * The target of some ports.
     *
     * @param ports of the server's UDP sockets
     * @param target TCP or a unix socket
     */
    public record Row(PortRange ports, Endpoint target) {}

    private static final PortRange ALL = new PortRange(1, PortRange.MAX_PORT);

    /** Copies the rows. */
    public TargetTable {
        rows = List.copyOf(rows);
    }

    /** One target whatever the port. */
    public static TargetTable everyPort(Endpoint target) {
        return new TargetTable(List.of(new Row(ALL, target)));
    }

    /** The target of a port, or null if the table has none. */
    public @Nullable Endpoint targetOf(int port) {
        for (Row row : rows) {
            if (row.ports.contains(port)) {
                return row.target;
            }
        }
        return null;
    }

    /** The target if there is one for all ports, else ports and targets. */
    @Override
    public String toString() {
        return rows.stream()
                .map(row -> row.ports.equals(ALL) ? row.target.toString() : row.ports + " to " + row.target)
                .collect(Collectors.joining(", "));
    }
}
