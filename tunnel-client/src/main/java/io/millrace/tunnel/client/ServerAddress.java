package io.millrace.tunnel.client;

import io.millrace.config.Endpoint;
import io.millrace.config.HostPorts;
import io.millrace.tunnel.net.NameLookup;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/**
 * The server's address. For each session the name is looked up anew, so that a change takes effect, and of several ports
 * one is drawn. spec: tunnel 2.3, 9
 */
final class ServerAddress {
    private final HostPorts server;
    private final RandomGenerator random;
    private final NameLookup names = new NameLookup();

    /** The port that is drawn must not be predictable, so neither is {@code random}. Used on any thread. */
    ServerAddress(HostPorts server, RandomGenerator random) {
        this.server = server;
        this.random = random;
    }

    /**
     * Resolves off the event loops. The future always completes: a slot does nothing until it has.
     *
     * @param attempt how often it was tried since a session worked last; a name with several addresses gives another one
     *     each time
     */
    CompletableFuture<InetSocketAddress> resolve(int attempt) {
        Endpoint.HostPort address = server.at(server.count() == 1 ? 0 : random.nextInt(server.count()));
        String host = address.host();
        if (host.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), address.port()));
        }
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return literal(address);
        }
        return names.addressesOf(host)
                .thenApply(all -> new InetSocketAddress(all.get(Math.floorMod(attempt, all.size())), address.port()))
                .exceptionally(failure -> {
                    throw explained(host, failure);
                });
    }

    private static CompletableFuture<InetSocketAddress> literal(Endpoint.HostPort address) {
        try {
            InetAddress known = InetAddress.getByName(address.host());
            return CompletableFuture.completedFuture(new InetSocketAddress(known, address.port()));
        } catch (UnknownHostException e) { // %eth9, and there is none
            return CompletableFuture.failedFuture(new UnresolvedServerException(address.host(), e));
        }
    }

    private static RuntimeException explained(String host, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof UnknownHostException unknown
                ? new UnresolvedServerException(host, unknown)
                : new CompletionException(cause);
    }

    @Override
    public String toString() {
        return server.toString();
    }

    /** The server's name has no address, for now. */
    static final class UnresolvedServerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnresolvedServerException(String host, UnknownHostException cause) {
            super("the name " + host + " has no address: misspelt, or no DNS server reachable?", cause);
        }
    }
}
