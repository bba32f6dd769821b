package io.millrace.smux.core;

/**
 * What one stream received and consumed, when the peer is to be told (UPD), and whether the peer keeps to its window.
 * Counters are 64 bits wide. spec: smux 6.3, 6.4
 */
public final class ReceiveWindow {
    private final int windowBytes;
    private final int slackBytes;
    private final long startBytes;
    private long receivedBytes;
    private long consumedBytes;
    private long announcedBytes;

    /**
     * @param windowBytes the window announced, the stream buffer of the configuration
     * @param slackBytes what a peer may exceed it by
     * @param startBytes where the counters start (0 on the wire)
     */
    public ReceiveWindow(int windowBytes, int slackBytes, long startBytes) {
        this.windowBytes = windowBytes;
        this.slackBytes = slackBytes;
        this.startBytes = startBytes;
        receivedBytes = startBytes;
        consumedBytes = startBytes;
        announcedBytes = startBytes;
    }

    /** Counts announced payload; {@code false} when the peer may not send that much. spec: smux 20 */
    public boolean onReceived(int bytes) {
        receivedBytes += bytes;
        long limit = Math.max(startBytes + SendWindow.INITIAL_BYTES, announcedBytes + windowBytes);
        return receivedBytes <= limit + slackBytes;
    }

    /**
     * Counts consumed payload.
     *
     * @return whether an UPD is due: at the first consumption, then each half window
     */
    public boolean onConsumed(long bytes) {
        if (bytes == 0) {
            return false;
        }
        boolean first = consumedBytes == startBytes;
        consumedBytes += bytes;
        return first || consumedBytes - announcedBytes >= windowBytes / 2;
    }

    /** The counter for an UPD that goes out now, low 32 bits. */
    public int announce() {
        announcedBytes = consumedBytes;
        return (int) consumedBytes;
    }

    public int windowBytes() {
        return windowBytes;
    }

    public long consumedBytes() {
        return consumedBytes;
    }
}
