package io.millrace.systemtests;

import java.net.InetSocketAddress;

/** Addresses as flags take them. */
final class Addresses {
    private Addresses() {}

    static String format(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
