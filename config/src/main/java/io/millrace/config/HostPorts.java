package io.millrace.config;

/**
 * A UDP address with one port or a range of them: the server listens on all, a client draws one for each session.
 *
 * <p>spec: tunnel 9
 *
 * @param host as in {@link Endpoint.HostPort}
 * @param ports at least one; port 0 (any free one) only where one listens
 */
public record HostPorts(String host, PortRange ports) {
    /** Most ports that a server listens on: each is a socket of its own. */
    public static final int MAX_LISTEN_PORTS = 1024;

    /** How many ports, at least 1. */
    public int count() {
        return ports.last() - ports.first() + 1;
    }

    /**
     * The address with one of the ports.
     *
     * @param index 0 for the first, up to {@code count() - 1}
     */
    public Endpoint.HostPort at(int index) {
        if (index < 0 || index >= count()) {
            throw new IndexOutOfBoundsException("port " + index + " of " + count());
        }
        return new Endpoint.HostPort(host, ports.first() + index);
    }

    @Override
    public String toString() {
        return at(0) + (count() == 1 ? "" : "-" + ports.last());
    }
}
