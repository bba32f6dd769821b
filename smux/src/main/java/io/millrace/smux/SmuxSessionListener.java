package io.millrace.smux;

import org.jspecify.annotations.Nullable;

/** Hears what happens in a session, on its event loop. Methods must be quick and must not throw. Stream ids are unsigned. */
public interface SmuxSessionListener {
    /** A listener that does nothing. */
    SmuxSessionListener NONE = new SmuxSessionListener() {};

    /** Tells two of everything, in this order. */
    static SmuxSessionListener both(SmuxSessionListener first, SmuxSessionListener second) {
        return new SmuxListenerPair(first, second);
    }

    /** A stream opened; {@code byPeer} tells who opened it. */
    default void streamOpened(SmuxSessionHandler session, int streamId, boolean byPeer) {}

    /** A stream closed; the bytes are payload received from and sent to the peer. */
    default void streamClosed(SmuxSessionHandler session, int streamId, long bytesIn, long bytesOut) {}

    /** The session ended, after all its streams; called once. {@code detail} is fit for a log and says what to check. */
    default void sessionClosed(
            SmuxSessionHandler session, SmuxCloseReason reason, String detail, @Nullable Throwable cause) {}

    /** A frame, or a piece of its data, was dropped. */
    default void frameDropped(SmuxSessionHandler session, SmuxDropReason reason, int streamId) {}
}
