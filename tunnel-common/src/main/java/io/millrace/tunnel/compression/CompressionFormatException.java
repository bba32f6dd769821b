package io.millrace.tunnel.compression;

import io.netty.handler.codec.DecoderException;

/**
 * The peer's byte stream is not of the compression format in use. Always fatal for the session. Carries no stack trace: it
 * is caused by bytes from the network. The message is fit for a log.
 */
public abstract sealed class CompressionFormatException extends DecoderException
        permits SnappyFormatException, Lz4FormatException {
    private static final long serialVersionUID = 1L;

    CompressionFormatException(String message) {
        super(message);
    }

    /** What was wrong; one of the format's. */
    public abstract Enum<?> reason();

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
