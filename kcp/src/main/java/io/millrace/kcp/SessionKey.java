package io.millrace.kcp;

import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * What a server finds a session by. Today the peer's address, as upstream does (spec: kcp 5.2); a type of its own so
 * that it can become something that survives a change of address.
 *
 * <p>The order has no meaning but that a {@link java.util.HashMap} finds keys by it that have the same hash: addresses can
 * be forged so that all have.
 *
 * @param remoteAddress resolved
 */
record SessionKey(InetSocketAddress remoteAddress) implements Comparable<SessionKey> {
    @Override
    public int compareTo(SessionKey other) {
        int byAddress = Arrays.compare(
                remoteAddress.getAddress().getAddress(),
                other.remoteAddress.getAddress().getAddress());
        return byAddress != 0 ? byAddress : Integer.compare(remoteAddress.getPort(), other.remoteAddress.getPort());
    }
}
