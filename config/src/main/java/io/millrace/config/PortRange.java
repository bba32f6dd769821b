package io.millrace.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ports that follow each other.
 *
 * @param first 0..65535; 0, which stands for any free port, only as a range of one
 * @param last first..65535
 */
public record PortRange(int first, int last) {

    static final int MAX_PORT = 65535;
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    /** Checks the bounds. */
    public PortRange {
        if (first < (last == 0 ? 0 : 1) || last < first || last > MAX_PORT) {
            throw new IllegalArgumentException("ports " + first + "-" + last);
        }
    }

    /** {@code N} or {@code MIN-MAX} of 1..65535; null if the text is anything else. */
    static @Nullable PortRange parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int first = Integer.parseInt(matcher.group(1));
        int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
        return first < 1 || last < first || last > MAX_PORT ? null : new PortRange(first, last);
    }

    /** Whether the port is one of these. */
    public boolean contains(int port) {
        return first <= port && port <= last;
    }

    boolean overlaps(PortRange other) {
        return first <= other.last && other.first <= last;
    }

    /** {@code 29900} or {@code 29900-29910}. */
    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
