package io.millrace.config;

/**
 * How a session's byte stream is compressed.
 *
 * <p>spec: tunnel 5
 */
public enum Compression implements Named {
    /** Snappy framing, kcptun's. */
    SNAPPY("snappy"),
    /** LZ4 frames; only Millrace knows them. */
    LZ4("lz4"),
    NONE("none");

    private final String configName;

    Compression(String configName) {
        this.configName = configName;
    }

    @Override
    public String configName() {
        return configName;
    }
}
