package io.millrace.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A validated client configuration; made by {@link ClientCommand}.
 *
 * @param localAddress where applications connect to: TCP (an empty host is every interface) or a unix socket
 * @param remoteAddress the server's UDP address; of several ports each session draws one
 * @param pool the sessions
 * @param tunnel what both ends have in common
 */
public record ClientConfig(Endpoint localAddress, HostPorts remoteAddress, PoolSettings pool, TunnelSettings tunnel) {

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
        pool.describe(lines);
        return Collections.unmodifiableMap(lines);
    }
}
