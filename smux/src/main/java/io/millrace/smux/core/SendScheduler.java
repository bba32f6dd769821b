package io.millrace.smux.core;

import org.jspecify.annotations.Nullable;

/**
 * Decides which frame goes out next: SYN and UPD first, then resets and FINs that wait for no data, NOP, then one frame of each
 * stream with data in turn. spec: smux 11, 21.3
 *
 * <p>Control frames pass even when the transport is not writable, up to {@link #BYPASS_BYTES} until it is writable again, so
 * that a stalled transport is not fed without bound.
 */
public final class SendScheduler<S> {
    /** What {@link #next} chose. */
    public enum Turn {
        NOTHING,
        /** SYN and UPD of {@link #stream()}. */
        CONTROL,
        /** Reset of {@link #endedId()}. */
        RESET,
        /** FIN of {@link #endedId()}. */
        FIN,
        NOP,
        /** One data frame of {@link #stream()}. */
        DATA
    }

    /** Control bytes admitted to a transport that is not writable. */
    public static final int BYPASS_BYTES = 16 * 1024;
    /** FINs, and resets, that may wait. */
    public static final int MAX_FINS = 65536;
    /** SYN and UPD of one stream. */
    private static final int CONTROL_BYTES = 3 * FrameHeader.BYTES;
    /** NOP and FIN of one stream. */
    private static final int RESET_BYTES = 2 * FrameHeader.BYTES;

    private final ReadyRing<S> control = new ReadyRing<>();
    private final ReadyRing<S> data = new ReadyRing<>();
    private final IntFifo fins = new IntFifo(MAX_FINS);
    private final IntFifo resets = new IntFifo(MAX_FINS);
    private boolean nop;
    private int bypassedBytes;

    private @Nullable S stream;
    private int endedId;

    /** The stream has a SYN or UPD to send. */
    public void controlReady(ReadyRing.Node<S> node) {
        control.add(node);
    }

    /** The stream has data to send, and window for it. */
    public void dataReady(ReadyRing.Node<S> node) {
        data.add(node);
    }

    /** Takes the stream out of all turns. */
    public void forget(ReadyRing.Node<S> controlNode, ReadyRing.Node<S> dataNode) {
        control.remove(controlNode);
        data.remove(dataNode);
    }

    /** Queues a FIN that no data of its stream precedes any more; {@code false} when too many wait. */
    public boolean fin(int streamId) {
        return fins.add(streamId);
    }

    /** Queues the reset of a stream, which ends it for both sides; {@code false} when too many wait. */
    public boolean reset(int streamId) {
        return resets.add(streamId);
    }

    /** Asks for a keep-alive frame; at most one waits. */
    public void nop() {
        nop = true;
    }

    /** Chooses and takes the next turn. */
    public Turn next(boolean transportWritable) {
        if (transportWritable) {
            bypassedBytes = 0;
        }
        if (!control.isEmpty()) {
            if (!admitControl(transportWritable, CONTROL_BYTES)) {
                return Turn.NOTHING;
            }
            stream = control.poll();
            return Turn.CONTROL;
        }
        if (!resets.isEmpty()) {
            if (!admitControl(transportWritable, RESET_BYTES)) {
                return Turn.NOTHING;
            }
            endedId = resets.poll();
            return Turn.RESET;
        }
        if (!fins.isEmpty()) {
            if (!admitControl(transportWritable, FrameHeader.BYTES)) {
                return Turn.NOTHING;
            }
            endedId = fins.poll();
            return Turn.FIN;
        }
        if (!transportWritable) {
            return Turn.NOTHING;
        }
        if (nop) {
            nop = false;
            return Turn.NOP;
        }
        stream = data.poll();
        return stream == null ? Turn.NOTHING : Turn.DATA;
    }

    /** The stream of the turn chosen last. */
    public S stream() {
        S chosen = stream;
        if (chosen == null) {
            throw new IllegalStateException("no stream has a turn");
        }
        return chosen;
    }

    /** The stream id of the FIN or reset chosen last. */
    public int endedId() {
        return endedId;
    }

    /** Whether nothing but a NOP waits. */
    public boolean isIdle() {
        return control.isEmpty() && data.isEmpty() && fins.isEmpty() && resets.isEmpty();
    }

    /** Whether anything but the current turn waits. */
    public boolean hasMore() {
        return nop || !isIdle();
    }

    private boolean admitControl(boolean transportWritable, int bytes) {
        if (transportWritable) {
            return true;
        }
        if (bypassedBytes + bytes > BYPASS_BYTES) {
            return false;
        }
        bypassedBytes += bytes;
        return true;
    }
}
