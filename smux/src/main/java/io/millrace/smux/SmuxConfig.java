package io.millrace.smux;

/**
 * Settings of a session. Both ends must agree on the version; everything else is local. spec: smux 15
 *
 * @param version 1 or 2; version 2 has a window for each stream
 * @param keepAliveDisabled no NOPs are sent and silence is not noticed; the two times are then not looked at
 * @param keepAliveIntervalMs period of NOPs, more than 0
 * @param keepAliveTimeoutMs silence after which the peer is given up (after one to two periods), at least the interval
 * @param maxFrameBytes largest data frame sent, 1..65535; larger ones are accepted
 * @param maxReceiveBufferBytes received bytes queued for all streams, 1..2147483647
 * @param maxStreamBufferBytes window of each stream in version 2, 1..maxReceiveBufferBytes
 * @param peerFinPolicy what the peer's FIN is taken for
 * @param limits bounds against hostile peers
 */
public record SmuxConfig(
        int version,
        boolean keepAliveDisabled,
        long keepAliveIntervalMs,
        long keepAliveTimeoutMs,
        int maxFrameBytes,
        long maxReceiveBufferBytes,
        long maxStreamBufferBytes,
        PeerFinPolicy peerFinPolicy,
        SmuxLimits limits) {

    private static final long MAX_TIME_MS = 7L * 24 * 3600 * 1000;

    /** Checks in the order of spec: smux 15; the message names field, value and what is allowed. */
    public SmuxConfig {
        require(version == 1 || version == 2, "version", version, "1 or 2 (unsupported protocol version)");
        if (!keepAliveDisabled) {
            require(
                    keepAliveIntervalMs > 0 && keepAliveIntervalMs <= MAX_TIME_MS,
                    "keepAliveIntervalMs",
                    keepAliveIntervalMs,
                    "1.." + MAX_TIME_MS + " (keep-alive interval must be positive)");
            require(
                    keepAliveTimeoutMs >= keepAliveIntervalMs && keepAliveTimeoutMs <= MAX_TIME_MS,
                    "keepAliveTimeoutMs",
                    keepAliveTimeoutMs,
                    keepAliveIntervalMs + ".." + MAX_TIME_MS + " (at least keepAliveIntervalMs)");
        }
        require(maxFrameBytes > 0, "maxFrameBytes", maxFrameBytes, "1..65535 (max frame size must be positive)");
        require(
                maxFrameBytes <= 65535,
                "maxFrameBytes",
                maxFrameBytes,
                "1..65535 (max frame size must not be larger than 65535)");
        require(
                maxReceiveBufferBytes > 0,
                "maxReceiveBufferBytes",
                maxReceiveBufferBytes,
                "1..2147483647 (max receive buffer must be positive)");
        require(
                maxReceiveBufferBytes <= Integer.MAX_VALUE,
                "maxReceiveBufferBytes",
                maxReceiveBufferBytes,
                "1..2147483647 (max receive buffer cannot be larger than 2147483647)");
        require(
                maxStreamBufferBytes > 0,
                "maxStreamBufferBytes",
                maxStreamBufferBytes,
                "1.." + maxReceiveBufferBytes + " (max stream buffer must be positive)");
        require(
                maxStreamBufferBytes <= maxReceiveBufferBytes,
                "maxStreamBufferBytes",
                maxStreamBufferBytes,
                "1.." + maxReceiveBufferBytes + " (at most maxReceiveBufferBytes, in version 1 too)");
        require(
                maxStreamBufferBytes <= Integer.MAX_VALUE,
                "maxStreamBufferBytes",
                maxStreamBufferBytes,
                "1..2147483647 (max stream buffer cannot be larger than 2147483647)");
    }

    /** The defaults of smux: version 1, 10 s, 30 s, 32768, 4 MiB, 64 KiB; {@link PeerFinPolicy#HALF_CLOSE}. */
    public static SmuxConfig defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these values. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.version = version;
        builder.keepAliveDisabled = keepAliveDisabled;
        builder.keepAliveIntervalMs = keepAliveIntervalMs;
        builder.keepAliveTimeoutMs = keepAliveTimeoutMs;
        builder.maxFrameBytes = maxFrameBytes;
        builder.maxReceiveBufferBytes = maxReceiveBufferBytes;
        builder.maxStreamBufferBytes = maxStreamBufferBytes;
        builder.peerFinPolicy = peerFinPolicy;
        builder.limits = limits;
        return builder;
    }

    private static void require(boolean holds, String field, long value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(field + " = " + value + ": must be " + allowed);
        }
    }

    /** Collects values for {@link SmuxConfig}; starts from the defaults. */
    public static final class Builder {
        private int version = 1;
        private boolean keepAliveDisabled;
        private long keepAliveIntervalMs = 10_000;
        private long keepAliveTimeoutMs = 30_000;
        private int maxFrameBytes = 32768;
        private long maxReceiveBufferBytes = 4194304;
        private long maxStreamBufferBytes = 65536;
        private PeerFinPolicy peerFinPolicy = PeerFinPolicy.HALF_CLOSE;
        private SmuxLimits limits = SmuxLimits.defaults();

        private Builder() {}

        public Builder version(int protocolVersion) {
            version = protocolVersion;
            return this;
        }

        public Builder keepAliveDisabled(boolean disabled) {
            keepAliveDisabled = disabled;
            return this;
        }

        public Builder keepAliveIntervalMs(long ms) {
            keepAliveIntervalMs = ms;
            return this;
        }

        public Builder keepAliveTimeoutMs(long ms) {
            keepAliveTimeoutMs = ms;
            return this;
        }

        public Builder maxFrameBytes(int bytes) {
            maxFrameBytes = bytes;
            return this;
        }

        public Builder maxReceiveBufferBytes(long bytes) {
            maxReceiveBufferBytes = bytes;
            return this;
        }

        public Builder maxStreamBufferBytes(long bytes) {
            maxStreamBufferBytes = bytes;
            return this;
        }

        public Builder peerFinPolicy(PeerFinPolicy policy) {
            peerFinPolicy = policy;
            return this;
        }

        public Builder limits(SmuxLimits bounds) {
            limits = bounds;
            return this;
        }

        /** Checks and builds; throws {@link IllegalArgumentException} naming the field, its value and what is allowed. */
        public SmuxConfig build() {
            return new SmuxConfig(
                    version,
                    keepAliveDisabled,
                    keepAliveIntervalMs,
                    keepAliveTimeoutMs,
                    maxFrameBytes,
                    maxReceiveBufferBytes,
                    maxStreamBufferBytes,
                    peerFinPolicy,
                    limits);
        }
    }
}
