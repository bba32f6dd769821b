package io.millrace.tunnel.client;

import io.millrace.config.Endpoint;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;

/** The server's address, looked up anew for each session so that a changed name takes effect. spec: tunnel 2.3 */
final class ServerAddress {
    private final Endpoint.HostPort endpoint;

    ServerAddress(Endpoint.HostPort endpoint) {
        this.endpoint = endpoint;
    }

    /** Resolves off the event loops; a name can take seconds. */
    CompletableFuture<InetSocketAddress> resolve() {
        String host = endpoint.host();
        if (host.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port()));
        }
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return CompletableFuture.completedFuture(lookUp());
        }
        return CompletableFuture.supplyAsync(this::lookUp);
    }

    private InetSocketAddress lookUp() {
        try {
            return new InetSocketAddress(InetAddress.getAllByName(endpoint.host())[0], endpoint.port());
        } catch (UnknownHostException e) {
            throw new UnresolvedServerException(endpoint.host(), e);
        }
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }

    /** The server's name has no address, for now. */
    static final class UnresolvedServerException extends RuntimeException {
        UnresolvedServerException(String host, UnknownHostException cause) {
            super("the name " + host + " has no address: misspelt, or no DNS server reachable?", cause);
        }
    }
}
