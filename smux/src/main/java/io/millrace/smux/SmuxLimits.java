package io.millrace.smux;

/**
 * Bounds that smux itself does not have, against hostile or broken peers. Times of 0 switch a bound off. spec: smux 8.5, 20
 *
 * @param maxPeerStreams streams the peer may have open at once, 1 or more; more are refused with FIN
 * @param synPerSecond streams the peer may open a second, 0 for no limit; more are refused with FIN
 * @param synBurst streams the peer may open at once, 1 or more
 * @param refusalsPerSecond refused streams tolerated a second before the session is closed, 1 or more
 * @param refusalBurst refused streams tolerated at once, 1..65536
 * @param unusedStreamTimeoutMs after which a stream opened by the peer that never carried a byte is closed
 * @param frameTimeoutMs within which a begun frame must be complete; longer than the keep-alive takes to notice silence, so
 *     that a path which is down in the middle of a frame is no other matter than one which is down between two
 * @param receiveWindowSlackBytes what a version 2 peer may send beyond its window before the session is closed, 0 or more
 * @param maxUndecodedBytes input held undecoded while reading is stopped, 65536 or more
 * @param closeLingerMs how long {@code close()} goes on sending what was written before; 0 drops it
 * @param halfCloseLingerMs after the peer's FIN: how long without any byte sent until the stream is closed fully
 * @param halfCloseStallMs after the peer's FIN: how long an exhausted window is waited for until the stream is closed fully
 * @param writeStallTimeoutMs how long an exhausted window is waited for while the peer has not sent FIN
 * @param idleSessionTimeoutMs after which a session without streams is closed
 */
public record SmuxLimits(
        int maxPeerStreams,
        int synPerSecond,
        int synBurst,
        int refusalsPerSecond,
        int refusalBurst,
        long unusedStreamTimeoutMs,
        long frameTimeoutMs,
        int receiveWindowSlackBytes,
        long maxUndecodedBytes,
        long closeLingerMs,
        long halfCloseLingerMs,
        long halfCloseStallMs,
        long writeStallTimeoutMs,
        long idleSessionTimeoutMs) {

    private static final long MAX_TIME_MS = 7L * 24 * 3600 * 1000;

    public SmuxLimits {
        inRange("maxPeerStreams", maxPeerStreams, 1, 1 << 24);
        inRange("synPerSecond", synPerSecond, 0, 1_000_000);
        inRange("synBurst", synBurst, 1, 1 << 24);
        inRange("refusalsPerSecond", refusalsPerSecond, 1, 1_000_000);
        inRange("refusalBurst", refusalBurst, 1, 65536);
        inRange("unusedStreamTimeoutMs", unusedStreamTimeoutMs, 0, MAX_TIME_MS);
        inRange("frameTimeoutMs", frameTimeoutMs, 0, MAX_TIME_MS);
        inRange("receiveWindowSlackBytes", receiveWindowSlackBytes, 0, Integer.MAX_VALUE);
        inRange("maxUndecodedBytes", maxUndecodedBytes, 65536, Long.MAX_VALUE);
        inRange("closeLingerMs", closeLingerMs, 0, MAX_TIME_MS);
        inRange("halfCloseLingerMs", halfCloseLingerMs, 0, MAX_TIME_MS);
        inRange("halfCloseStallMs", halfCloseStallMs, 0, MAX_TIME_MS);
        inRange("writeStallTimeoutMs", writeStallTimeoutMs, 0, MAX_TIME_MS);
        inRange("idleSessionTimeoutMs", idleSessionTimeoutMs, 0, MAX_TIME_MS);
    }

    /** The values used when nothing else is said. */
    public static SmuxLimits defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    private static void inRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " = " + value + ": must be " + min + ".." + max);
        }
    }

    /** Collects values for {@link SmuxLimits}; starts from the defaults. */
    public static final class Builder {
        private int maxPeerStreams = 16_384;
        private int synPerSecond = 50_000;
        private int synBurst = 16_384;
        private int refusalsPerSecond = 100;
        private int refusalBurst = 4096;
        private long unusedStreamTimeoutMs = 600_000;
        private long frameTimeoutMs = 60_000;
        private int receiveWindowSlackBytes = 65_536;
        private long maxUndecodedBytes = 16L << 20;
        private long closeLingerMs = 30_000;
        private long halfCloseLingerMs = 300_000;
        private long halfCloseStallMs = 10_000;
        private long writeStallTimeoutMs = 3_600_000;
        private long idleSessionTimeoutMs;

        private Builder() {}

        public Builder maxPeerStreams(int streams) {
            maxPeerStreams = streams;
            return this;
        }

        public Builder synRate(int perSecond, int burst) {
            synPerSecond = perSecond;
            synBurst = burst;
            return this;
        }

        public Builder refusalRate(int perSecond, int burst) {
            refusalsPerSecond = perSecond;
            refusalBurst = burst;
            return this;
        }

        public Builder unusedStreamTimeoutMs(long ms) {
            unusedStreamTimeoutMs = ms;
            return this;
        }

        public Builder frameTimeoutMs(long ms) {
            frameTimeoutMs = ms;
            return this;
        }

        public Builder receiveWindowSlackBytes(int bytes) {
            receiveWindowSlackBytes = bytes;
            return this;
        }

        public Builder maxUndecodedBytes(long bytes) {
            maxUndecodedBytes = bytes;
            return this;
        }

        public Builder closeLingerMs(long ms) {
            closeLingerMs = ms;
            return this;
        }

        public Builder halfCloseLingerMs(long ms) {
            halfCloseLingerMs = ms;
            return this;
        }

        public Builder halfCloseStallMs(long ms) {
            halfCloseStallMs = ms;
            return this;
        }

        public Builder writeStallTimeoutMs(long ms) {
            writeStallTimeoutMs = ms;
            return this;
        }

        public Builder idleSessionTimeoutMs(long ms) {
            idleSessionTimeoutMs = ms;
            return this;
        }

        /** Checks and builds; throws {@link IllegalArgumentException} naming the field, its value and what is allowed. */
        public SmuxLimits build() {
            return new SmuxLimits(
                    maxPeerStreams,
                    synPerSecond,
                    synBurst,
                    refusalsPerSecond,
                    refusalBurst,
                    unusedStreamTimeoutMs,
                    frameTimeoutMs,
                    receiveWindowSlackBytes,
                    maxUndecodedBytes,
                    closeLingerMs,
                    halfCloseLingerMs,
                    halfCloseStallMs,
                    writeStallTimeoutMs,
                    idleSessionTimeoutMs);
        }
    }
}
