package io.millrace.config;

/**
 * Where to listen or to connect to. Names are not resolved here.
 *
 * <p>spec: tunnel 2.2, 3.3, 9
 */
public sealed interface Endpoint {

    /**
     * A TCP or UDP address.
     *
     * @param host name, IPv4 literal, or IPv6 literal without brackets; empty means every interface when listening and this
     *     machine when connecting
     * @param port 0..65535; 0 (any free port) only where one listens
     */
    record HostPort(String host, int port) implements Endpoint {
        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * A unix socket.
     *
     * @param path file system path, or {@code @name} for a Linux abstract socket
     */
    record UnixPath(String path) implements Endpoint {
        /** Whether the path names a Linux abstract socket, which has no file. */
        public boolean isAbstract() {
            return path.startsWith("@");
        }

        @Override
        public String toString() {
            return path;
        }
    }
}
