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

/** Addresses to listen on. */
public final class ListenAddress {
    private ListenAddress() {}

    /**
     * The socket address of an endpoint; an empty host is every interface.
     *
     * @throws IOException if the host has no address
     */
    public static SocketAddress of(Endpoint endpoint, Transport transport) throws IOException {
        if (endpoint instanceof Endpoint.UnixPath unix) {
            return transport.unixAddress(unix.path());
        }
        Endpoint.HostPort inet = (Endpoint.HostPort) endpoint;
        if (inet.host().isEmpty()) {
            return new InetSocketAddress(inet.port());
        }
        try {
            return new InetSocketAddress(InetAddress.getAllByName(inet.host())[0], inet.port());
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on " + endpoint + ": the name " + inet.host() + " has no address", e);
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
