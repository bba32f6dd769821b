package io.millrace.systemtests;

import java.net.InetSocketAddress;

/** Addresses as flags take them. */
final class Addresses {
    private Addresses() {}

    static String format(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
