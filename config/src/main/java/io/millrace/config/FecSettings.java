package io.millrace.config;

/**
 * Reed-Solomon shards per group; to be equal on both ends (spec: tunnel 0).
 *
 * @param dataShards 0..256
 * @param parityShards 0..256; the sum is at most 256
 */
public record FecSettings(int dataShards, int parityShards) {

    /** Whether there is error correction at all: both numbers are above zero. */
    public boolean isEnabled() {
        return dataShards > 0 && parityShards > 0;
    }
}
