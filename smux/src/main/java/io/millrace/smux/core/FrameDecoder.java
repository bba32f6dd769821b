package io.millrace.smux.core;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into frames. Nothing is cumulated: a header is gathered in a {@code long}, data is passed on in the
 * pieces in which it arrives, so a started frame holds no memory that has not come in yet.
 *
 * <p>After a violation nothing more is decoded. spec: smux 2, 3.1, 21.2
 */
public final class FrameDecoder {
    /** Receives what was decoded; called in wire order, and must not call the decoder. */
    public interface Sink {
        /** Asked before each header; {@code false} stops the decoder there. spec: smux 7 */
        boolean mayStartFrame();

        void onSyn(int streamId);

        void onFin(int streamId);

        /** {@code streamId} is 0 in a keep-alive; else the peer resets the stream. */
        void onNop(int streamId);

        /** {@code consumed} and {@code window} are unsigned. */
        void onUpdate(int streamId, int consumed, int window);

        /** Data of {@code lengthBytes} (0..65535) follows for the stream, through {@link #onData}. */
        void onPush(int streamId, int lengthBytes);

        /** The next piece of the data announced last; must move the reader index of {@code in} by {@code lengthBytes}. */
        void onData(ByteBuf in, int lengthBytes);
    }

    private enum Part {
        HEADER,
        DATA,
        UPDATE
    }

    private final int version;
    private final Sink sink;

    private Part part = Part.HEADER;
    /** The header or UPD payload being gathered, and how many of its bytes are in. */
    private long gathered;

    private int gatheredBytes;
    private long header;
    private int dataBytesLeft;
    private long framesStarted;
    private @Nullable FrameViolation violation;

    public FrameDecoder(int version, Sink sink) {
        this.version = version;
        this.sink = sink;
    }

    /**
     * Decodes what it can of {@code in}.
     *
     * @return {@code true} when all bytes were taken, {@code false} when the sink or a violation stopped it before
     */
    public boolean decode(ByteBuf in) {
        while (in.isReadable()) {
            switch (part) {
                case HEADER -> {
                    if (violation != null || (gatheredBytes == 0 && !sink.mayStartFrame())) {
                        return false;
                    }
                    if (gatheredBytes == 0) {
                        framesStarted++;
                    }
                    if (!gather(in)) {
                        return true;
                    }
                    header = takeGathered();
                    onHeader();
                }
                case DATA -> {
                    int n = Math.min(dataBytesLeft, in.readableBytes());
                    dataBytesLeft -= n;
                    if (dataBytesLeft == 0) {
                        part = Part.HEADER;
                    }
                    sink.onData(in, n);
                }
                case UPDATE -> {
                    if (!gather(in)) {
                        return true;
                    }
                    part = Part.HEADER;
                    long payload = takeGathered();
                    sink.onUpdate(FrameHeader.streamId(header), (int) payload, (int) (payload >>> 32));
                }
            }
        }
        return violation == null;
    }

    /** What stopped the decoder for good, or {@code null}. */
    public @Nullable FrameViolation violation() {
        return violation;
    }

    /** The header read last; after a violation, the offending one. */
    public long lastHeader() {
        return header;
    }

    /** Headers begun so far, the offending and the unfinished one included. */
    public long framesStarted() {
        return framesStarted;
    }

    /** Whether a frame has begun and is not complete. */
    public boolean isMidFrame() {
        return part != Part.HEADER || gatheredBytes != 0;
    }

    private void onHeader() {
        int command = FrameHeader.command(header);
        int length = FrameHeader.length(header);
        int streamId = FrameHeader.streamId(header);
        violation = check(FrameHeader.version(header), command, length);
        if (violation != null) {
            return;
        }
        switch (command) {
            case FrameHeader.SYN -> sink.onSyn(streamId);
            case FrameHeader.FIN -> sink.onFin(streamId);
            case FrameHeader.NOP -> sink.onNop(streamId);
            case FrameHeader.UPD -> part = Part.UPDATE;
            default -> {
                dataBytesLeft = length;
                part = length == 0 ? Part.HEADER : Part.DATA;
                sink.onPush(streamId, length);
            }
        }
    }

    private @Nullable FrameViolation check(int frameVersion, int command, int length) {
        if (frameVersion != version) {
            return FrameViolation.WRONG_VERSION;
        }
        switch (command) {
            case FrameHeader.SYN, FrameHeader.FIN, FrameHeader.NOP -> {
                if (length != 0) {
                    return FrameViolation.UNEXPECTED_PAYLOAD;
                }
            }
            case FrameHeader.PSH -> {}
            case FrameHeader.UPD -> {
                if (version == 1) {
                    return FrameViolation.UPDATE_ON_VERSION_1;
                }
                if (length != FrameHeader.UPDATE_PAYLOAD_BYTES) {
                    return FrameViolation.BAD_UPDATE_LENGTH;
                }
            }
            default -> {
                return FrameViolation.UNKNOWN_COMMAND;
            }
        }
        return null;
    }

    /** Adds bytes to the 8 being gathered; {@code true} when they are complete. */
    private boolean gather(ByteBuf in) {
        if (gatheredBytes == 0 && in.readableBytes() >= Long.BYTES) {
            gathered = in.readLongLE();
            gatheredBytes = Long.BYTES;
            return true;
        }
        while (gatheredBytes < Long.BYTES && in.isReadable()) {
            gathered |= (in.readByte() & 0xffL) << (gatheredBytes * Byte.SIZE);
            gatheredBytes++;
        }
        return gatheredBytes == Long.BYTES;
    }

    private long takeGathered() {
        long value = gathered;
        gathered = 0;
        gatheredBytes = 0;
        return value;
    }
}
