package io.millrace.config;

import java.util.Map;

/**
 * The client's sessions. spec: tunnel 2.3, 2.5
 *
 * @param connections how many at once, 1..1024
 * @param autoExpireSeconds age at which a session takes no new streams; 0 = never
 * @param scavengeTtlSeconds how long after that its streams may live on; 0 = until they end by themselves
 */
public record PoolSettings(int connections, int autoExpireSeconds, int scavengeTtlSeconds) {

    void describe(Map<String, String> lines) {
        lines.put("conn", Integer.toString(connections));
        lines.put("autoexpire", Integer.toString(autoExpireSeconds));
        lines.put("scavengettl", Integer.toString(scavengeTtlSeconds));
    }
}
