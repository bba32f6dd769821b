package io.millrace.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a session's byte stream is compressed.
 *
 * <p>spec: tunnel 5
 */
public enum Compression {
    /** Snappy framing, kcptun's. */
    SNAPPY("snappy"),
    /** LZ4 frames; only Millrace knows them. */
    LZ4("lz4"),
    NONE("none");

    private final String configName;

    Compression(String configName) {
        this.configName = configName;
    }

    /** The name in flags and JSON. */
    public String configName() {
        return configName;
    }

    static @Nullable Compression named(String name) {
        for (Compression compression : values()) {
            if (compression.configName.equals(name)) {
                return compression;
            }
        }
        return null;
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Compression::configName).toList();
    }
}
