package io.millrace.tunnel.client;

import io.millrace.config.Endpoint;
import io.millrace.config.HostPorts;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * The server's address. For each session the name is looked up anew, so that a change takes effect, and of several ports
 * one is drawn. spec: tunnel 2.3, 9
 */
final class ServerAddress {
    private final HostPorts server;
    private final RandomGenerator random;

    /** The port that is drawn must not be predictable, so neither is {@code random}. Used on any thread. */
    ServerAddress(HostPorts server, RandomGenerator random) {
        this.server = server;
        this.random = random;
    }

    /**
     * Resolves off the event loops; a name can take seconds.
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
            return CompletableFuture.completedFuture(0).thenApply(first -> lookUp(address, first)); // may fail: %eth9
        }
        return CompletableFuture.supplyAsync(() -> lookUp(address, attempt), ServerAddress::startThread);
    }

    /** The common pool may have one thread only; a name that takes long must not hold up the other sessions. */
    private static void startThread(Runnable lookUp) {
        Thread thread = new Thread(lookUp, "millrace-dns");
        thread.setDaemon(true);
        thread.start();
    }

    private static InetSocketAddress lookUp(Endpoint.HostPort server, int attempt) {
        try {
            InetAddress[] addresses = InetAddress.getAllByName(server.host());
            return new InetSocketAddress(addresses[Math.floorMod(attempt, addresses.length)], server.port());
        } catch (UnknownHostException e) {
            throw new UnresolvedServerException(server.host(), e);
        }
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
