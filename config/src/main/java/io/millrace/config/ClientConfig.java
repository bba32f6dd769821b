package io.millrace.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A validated client configuration; made by {@link ClientCommand}.
 *
 * @param localAddress where applications connect to: TCP (an empty host is every interface) or a unix socket
 * @param remoteAddress the server's UDP address
 * @param connections KCP sessions in the pool, 1..1024
 * @param tunnel what both ends have in common
 */
public record ClientConfig(
        Endpoint localAddress, Endpoint.HostPort remoteAddress, int connections, TunnelSettings tunnel) {

    /**
     * The effective configuration as the start-up banner shows it: name to value, in banner order, the key masked.
     *
     * <p>spec: tunnel 2.6
     */
    public Map<String, String> effective() {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("smux version", Integer.toString(tunnel.smux().version()));
        lines.put("listening on", localAddress.toString());
        lines.put("remote address", remoteAddress.toString());
        tunnel.describe(lines);
        lines.put("conn", Integer.toString(connections));
        return Collections.unmodifiableMap(lines);
    }
}
