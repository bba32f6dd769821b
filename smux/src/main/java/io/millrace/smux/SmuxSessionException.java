package io.millrace.smux;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The session is lost, and every stream of it; carries no stack trace, since peers can cause it at will. */
public final class SmuxSessionException extends IOException {
    private static final long serialVersionUID = 1L;

    private final SmuxCloseReason reason;

    SmuxSessionException(SmuxCloseReason reason, String detail, @Nullable Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    public SmuxCloseReason reason() {
        return reason;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
