package io.millrace.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A validated server configuration; made by {@link ServerCommand}.
 *
 * @param listenAddress UDP address to listen on, all its ports (an empty host is every interface)
 * @param targets where each stream is connected to
 * @param strict whether a session with another smux version or compression than here is refused
 * @param tunnel what both ends have in common
 */
public record ServerConfig(HostPorts listenAddress, TargetTable targets, boolean strict, TunnelSettings tunnel) {

    /**
     * The effective configuration as the start-up banner shows it: name to value, in banner order, the key masked.
     *
     * <p>spec: tunnel 2.6
     */
    public Map<String, String> effective() {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("smux version", Integer.toString(tunnel.smux().version()));
        lines.put("listening on", listenAddress.toString());
        lines.put("target", targets.toString());
        tunnel.describe(lines);
        lines.put("strict", Boolean.toString(strict));
        return Collections.unmodifiableMap(lines);
    }
}
