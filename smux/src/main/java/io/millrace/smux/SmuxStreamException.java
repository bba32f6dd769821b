package io.millrace.smux;

import java.io.IOException;

/** One stream failed; the session goes on. Carries no stack trace, since peers can cause it at will. */
public final class SmuxStreamException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** No stream id is left; the session should be replaced. spec: smux 4 */
        IDS_EXHAUSTED,
        /** The peer closed the stream and reads no more. */
        PEER_CLOSED,
        /** The peer reset the stream: what it sent may be incomplete, and it reads no more. */
        RESET,
        /** The peer's window stayed exhausted for too long. */
        WRITE_STALLED,
        /** The stream never carried a byte. */
        NEVER_USED
    }

    private final Kind kind;

    /** What streams throw; public for those who stand in for a stream. */
    public SmuxStreamException(Kind kind, String detail) {
        super(detail);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
