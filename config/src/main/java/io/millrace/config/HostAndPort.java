package io.millrace.config;

import org.jspecify.annotations.Nullable;

/**
 * The two halves of {@code host:port}, split by Go's rules: the last colon parts them, an IPv6 literal needs brackets.
 *
 * @param host without brackets; may be empty
 * @param port whatever follows; may be empty
 */
record HostAndPort(String host, String port) {

    /** Null if the text is no such pair: no colon, several without brackets, or unbalanced brackets. */
    static @Nullable HostAndPort split(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return null;
        }
        String host;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end + 1 != colon) {
                return null;
            }
            host = text.substring(1, end);
        } else {
            host = text.substring(0, colon);
            if (host.indexOf(':') >= 0) {
                return null;
            }
        }
        String port = text.substring(colon + 1);
        boolean strayBracket = hasBracket(host) || hasBracket(port);
        return strayBracket ? null : new HostAndPort(host, port);
    }

    private static boolean hasBracket(String text) {
        return text.indexOf('[') >= 0 || text.indexOf(']') >= 0;
    }
}
