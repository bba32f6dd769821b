package io.millrace.smux.core;

/**
 * How much one stream may send. Version 1 has no window. Counters are 64 bits wide; the wire carries their low 32.
 * spec: smux 6.2
 */
public final class SendWindow {
    /** Window of every new stream before the first UPD, whatever is configured. */
    public static final int INITIAL_BYTES = 262144;

    /** What an UPD did. */
    public enum Update {
        ACCEPTED,
        /** The counter went backwards; the frame is ignored. */
        STALE,
        /** The peer claims to have consumed bytes that were never sent. */
        BEYOND_SENT
    }

    private final boolean unlimited;
    private long writtenBytes;
    private long peerConsumedBytes;
    private int peerWindowBytes = INITIAL_BYTES;
    private boolean updated;

    /** A window for a session of {@code version} 1 or 2 whose counters start at {@code startBytes} (0 on the wire). */
    public SendWindow(int version, long startBytes) {
        unlimited = version == 1;
        writtenBytes = startBytes;
        peerConsumedBytes = startBytes;
    }

    /** Bytes the window admits now, 0 or more. */
    public long availableBytes() {
        if (unlimited) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, peerWindowBytes - inFlightBytes());
    }

    /** Bytes sent and not reported as consumed. */
    public long inFlightBytes() {
        return writtenBytes - peerConsumedBytes;
    }

    /**
     * The size of the next frame when {@code wantedBytes} (1 or more) wait: at most that, and 0 when the stream must wait.
     * Slivers of a nearly full window are held back while something is in flight, since an UPD is then due: a peer reports
     * each half window. spec: smux 20 (silly window)
     */
    public int frameBytes(int wantedBytes) {
        long available = availableBytes();
        if (available >= wantedBytes) {
            return wantedBytes;
        }
        if (updated && inFlightBytes() > 0 && available < peerWindowBytes / 4) {
            return 0;
        }
        return (int) available;
    }

    /** Counts payload handed to the transport. */
    public void onSent(int bytes) {
        writtenBytes += bytes;
    }

    /** Takes the values of an UPD, both unsigned. */
    public Update onUpdate(int consumed, int windowBytes) {
        int step = consumed - (int) peerConsumedBytes;
        if (step < 0) {
            return Update.STALE;
        }
        if (peerConsumedBytes + step > writtenBytes) {
            return Update.BEYOND_SENT;
        }
        peerConsumedBytes += step;
        peerWindowBytes = windowBytes < 0 ? Integer.MAX_VALUE : windowBytes;
        updated = true;
        return Update.ACCEPTED;
    }

    public long writtenBytes() {
        return writtenBytes;
    }
}
