package io.millrace.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A JSON object that says something for ports, not interpreted yet: {@code {"29900": "127.0.0.1:80", "29901-29910": "/x"}}.
 *
 * @param rows in the order of the file
 */
record PortTable(List<Row> rows) {

    /**
     * One member of the object.
     *
     * @param ports key
     * @param value what it says
     * @param place how messages name it
     */
    record Row(String ports, String value, String place) {}

    PortTable {
        rows = List.copyOf(rows);
    }

    /** One line, for messages. */
    @Override
    public String toString() {
        return rows.stream()
                .map(row -> Echo.quoted(row.ports()) + ": " + Echo.quoted(row.value()))
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
