package io.millrace.kcp.arq;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Keeps the packets of a flush; they begin somewhere inside of a shared array, as in a real burst. */
final class PacketCollector implements PacketSink {
    private static final int HEADROOM = 28;

    private final byte[] array = new byte[HEADROOM + SegmentPool.SEGMENT_BYTES];
    private final List<byte[]> packets = new ArrayList<>();
    private boolean open;

    @Override
    public int beginPacket() {
        if (open) {
            throw new AssertionError("a packet is still open");
        }
        open = true;
        return HEADROOM;
    }

    @Override
    public byte[] array() {
        return array;
    }

    @Override
    public void endPacket(int bodyBytes) {
        if (!open) {
            throw new AssertionError("no packet is open");
        }
        open = false;
        packets.add(Arrays.copyOfRange(array, HEADROOM, HEADROOM + bodyBytes));
    }

    /** What came since the last call. */
    List<byte[]> take() {
        if (open) {
            throw new AssertionError("a packet was not ended");
        }
        List<byte[]> taken = new ArrayList<>(packets);
        packets.clear();
        return taken;
    }
}
