package io.millrace.tunnel.net;

import io.millrace.config.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/** Addresses to listen on. */
public final class ListenAddress {
    private ListenAddress() {}

    /**
     * The socket address of an endpoint; see {@link #inet}. For a unix socket, what a dead program left there is removed.
     *
     * @throws IOException if the host has no address, or the path is taken
     */
    public static SocketAddress of(Endpoint endpoint, Transport transport) throws IOException {
        if (!(endpoint instanceof Endpoint.UnixPath unix)) {
            return inet((Endpoint.HostPort) endpoint);
        }
        try {
            SocketAddress address = transport.unixAddress(unix.path());
            if (!unix.isAbstract()) {
                UnixSocketFile.makeWay(Path.of(unix.path()));
            }
            return address;
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("cannot listen on " + endpoint + ": " + e.getMessage(), e);
        }
    }

    /**
     * The socket address of an endpoint. An empty host, {@code 0.0.0.0} and {@code ::} are every interface, IPv4 and IPv6.
     * spec: tunnel 2.2, 12 (14)
     *
     * @throws IOException if the host has no address
     */
    public static InetSocketAddress inet(Endpoint.HostPort endpoint) throws IOException {
        if (endpoint.host().isEmpty()) {
            return new InetSocketAddress(endpoint.port());
        }
        try {
            InetAddress address = InetAddress.getAllByName(endpoint.host())[0];
            return address.isAnyLocalAddress()
                    ? new InetSocketAddress(endpoint.port())
                    : new InetSocketAddress(address, endpoint.port());
        } catch (UnknownHostException e) {
            throw new IOException(
                    "cannot listen on " + endpoint + ": the name " + endpoint.host() + " has no address", e);
        }
    }

    /**
     * Waits until a listening socket is bound.
     *
     * @throws IOException if it cannot be; the message names the address and what to check
     */
    public static Channel await(ChannelFuture bound, Endpoint endpoint) throws IOException {
        bound.awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause == null) {
            return bound.channel();
        }
        String hint = cause instanceof BindException
                        || String.valueOf(cause.getMessage()).contains("in use")
                ? " (is another program using it?)"
                : "";
        throw new IOException("cannot listen on " + endpoint + ": " + cause.getMessage() + hint, cause);
    }
}
