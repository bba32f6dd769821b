package io.millrace.smux;

import org.jspecify.annotations.Nullable;

/** Two listeners as one. */
record SmuxListenerPair(SmuxSessionListener first, SmuxSessionListener second) implements SmuxSessionListener {
    @Override
    public void streamOpened(SmuxSessionHandler session, int streamId, boolean byPeer) {
        first.streamOpened(session, streamId, byPeer);
        second.streamOpened(session, streamId, byPeer);
    }

    @Override
    public void streamClosed(SmuxSessionHandler session, int streamId, long bytesIn, long bytesOut) {
        first.streamClosed(session, streamId, bytesIn, bytesOut);
        second.streamClosed(session, streamId, bytesIn, bytesOut);
    }

    @Override
    public void sessionClosed(
            SmuxSessionHandler session, SmuxCloseReason reason, String detail, @Nullable Throwable cause) {
        first.sessionClosed(session, reason, detail, cause);
        second.sessionClosed(session, reason, detail, cause);
    }

    @Override
    public void frameDropped(SmuxSessionHandler session, SmuxDropReason reason, int streamId) {
        first.frameDropped(session, reason, streamId);
        second.frameDropped(session, reason, streamId);
    }
}
