package io.millrace.kcp;

import java.net.InetSocketAddress;

/**
 * What a server finds a session by. Today the peer's address, as upstream does (spec: kcp 5.2); a type of its own so
 * that it can become something that survives a change of address.
 */
record SessionKey(InetSocketAddress remoteAddress) {}
