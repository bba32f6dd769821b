package io.millrace.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Reads address texts as upstream does, but refuses at once what can never work.
 *
 * <p>spec: tunnel 2.2, 3.3, 9
 */
final class Endpoints {

    /** Says that what follows is a path; not needed where the text could be nothing else. */
    static final String UNIX_PREFIX = "unix:";

    private static final int MAX_PORT = PortRange.MAX_PORT;
    private static final int MAX_HOST_CHARS = 253;
    /** Linux: sun_path has 108 bytes, the last one is the terminator. */
    private static final int MAX_UNIX_PATH_BYTES = 107;

    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern PORT_RANGE = Pattern.compile("[0-9]{1,5}-[0-9]{1,5}");
    private static final Pattern HOST_NAME = Pattern.compile("[^\\s\\p{Cntrl}\\[\\]/@,;\"'\\\\%#?]+");
    private static final Pattern ALL_NUMERIC = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]+");

    private Endpoints() {}

    /** Thrown with what is wrong or what is allowed; the caller adds the place and the value. */
    static final class BadAddressException extends Exception {
        BadAddressException(String reason) {
            super(reason);
        }
    }

    /**
     * A TCP address if the text splits into host and port, else the path of a unix socket (spec: tunnel 2.2), which may
     * have {@link #UNIX_PREFIX} in front.
     */
    static Endpoint tcpOrUnix(String text, boolean listens) throws BadAddressException {
        HostAndPort split = HostAndPort.split(text);
        // A host may be called unix.
        if (text.startsWith(UNIX_PREFIX)
                && (split == null || !PORT.matcher(split.port()).matches())) {
            return unixPath(text.substring(UNIX_PREFIX.length()));
        }
        if (split == null) {
            return unixPath(text);
        }
        return new Endpoint.HostPort(host(split.host()), port(split.port(), listens));
    }

    /** A UDP address with one port or a range (spec: tunnel 9); a server's range is bounded. */
    static HostPorts udp(String text, boolean listens) throws BadAddressException {
        HostAndPort split = HostAndPort.split(text);
        if (split == null) {
            throw new BadAddressException("allowed: HOST:PORT or HOST:MIN-MAX, with brackets around an IPv6 address");
        }
        String host = host(split.host());
        String portText = split.port();
        if (!PORT_RANGE.matcher(portText).matches()) {
            int port = port(portText, listens);
            return new HostPorts(host, new PortRange(port, port));
        }
        PortRange range = PortRange.parse(portText);
        if (range == null) {
            throw new BadAddressException("allowed: a port range MIN-MAX within 1..65535, MIN not above MAX");
        }
        HostPorts ports = new HostPorts(host, range);
        if (listens && ports.count() > HostPorts.MAX_LISTEN_PORTS) {
            throw new BadAddressException("allowed: a range of up to " + HostPorts.MAX_LISTEN_PORTS
                    + " ports to listen on, these are " + ports.count());
        }
        return ports;
    }

    private static int port(String text, boolean listens) throws BadAddressException {
        int least = listens ? 0 : 1;
        int port = PORT.matcher(text).matches() ? Integer.parseInt(text) : -1;
        if (port < least || port > MAX_PORT) {
            throw new BadAddressException("allowed: a port number " + least + ".." + MAX_PORT + " after the colon");
        }
        return port;
    }

    private static String host(String host) throws BadAddressException {
        boolean good;
        if (host.isEmpty()) {
            good = true;
        } else if (host.indexOf(':') >= 0) {
            good = isIpv6(host);
        } else if (ALL_NUMERIC.matcher(host).matches()) {
            good = IPV4.matcher(host).matches();
        } else {
            good = host.length() <= MAX_HOST_CHARS && HOST_NAME.matcher(host).matches();
        }
        if (!good) {
            throw new BadAddressException(
                    "allowed: a host name, an IPv4 address or an IPv6 address in brackets before the port");
        }
        return host;
    }

    private static boolean isIpv6(String host) {
        int zone = host.indexOf('%');
        String address = zone < 0 ? host : host.substring(0, zone);
        if (zone == host.length() - 1 || !IPV6.matcher(address).matches()) {
            return false;
        }
        try {
            // A literal in brackets is never looked up.
            InetAddress.getByName("[" + address + "]");
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Endpoint unixPath(String text) throws BadAddressException {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_UNIX_PATH_BYTES || text.indexOf('\0') >= 0) {
            throw new BadAddressException(
                    "allowed: [HOST]:PORT, or the path of a unix socket of 1.." + MAX_UNIX_PATH_BYTES + " bytes");
        }
        return new Endpoint.UnixPath(text);
    }
}
