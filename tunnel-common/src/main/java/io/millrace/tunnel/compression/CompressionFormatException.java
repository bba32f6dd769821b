package io.millrace.tunnel.compression;

import io.netty.handler.codec.DecoderException;

/**
 * The peer's byte stream is not of the compression format in use. Always fatal for the session. Carries no stack trace: it
 * is caused by bytes from the network. The message is fit for a log.
 */
public abstract sealed class CompressionFormatException extends DecoderException
        permits SnappyFormatException, Lz4FormatException {
    private static final long serialVersionUID = 1L;

    private final Enum<?> reason;

    CompressionFormatException(Enum<?> reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What was wrong: a {@code Reason} of the format. */
    public final Enum<?> reason() {
        return reason;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
