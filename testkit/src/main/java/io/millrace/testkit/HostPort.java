package io.millrace.testkit;

import java.net.InetSocketAddress;

/** Addresses as programs' flags take them. */
final class HostPort {
    private HostPort() {}

    /** {@code 127.0.0.1:4000} or {@code [::1]:4000}. */
    static String format(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
