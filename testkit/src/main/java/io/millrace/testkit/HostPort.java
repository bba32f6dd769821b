package io.millrace.testkit;

import java.net.InetSocketAddress;

/** Addresses as programs' flags take them. */
public final class HostPort {
    private HostPort() {}

    /** {@code 127.0.0.1:4000} or {@code [::1]:4000}. */
    public static String format(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /**
     * The address written as {@code HOST:PORT}, looked up.
     *
     * @param flag what to call it in the message of the IllegalArgumentException for a bad one
     */
    static InetSocketAddress parse(String flag, String value) {
        int colon = value.lastIndexOf(':');
        String host = colon < 1 ? "" : value.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        InetSocketAddress address = null;
        try {
            int port = colon < 0 ? -1 : Integer.parseInt(value.substring(colon + 1));
            address = host.isEmpty() || port < 0 || port > 65_535 ? null : new InetSocketAddress(host, port);
        } catch (NumberFormatException e) {
            // reported below, as all wrong addresses are
        }
        if (address == null) {
            throw new IllegalArgumentException(
                    flag + " is \"" + value + "\", must be HOST:PORT with a port of 0 to 65535");
        }
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(flag + " is \"" + value + "\": no such host");
        }
        return address;
    }
}
