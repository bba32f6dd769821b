package io.millrace.smux;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session listener that remembers all it hears. */
final class SessionLog implements SmuxSessionListener {
    final List<String> opened = new ArrayList<>();
    final List<String> closed = new ArrayList<>();
    final Map<SmuxDropReason, Integer> dropped = new EnumMap<>(SmuxDropReason.class);
    final List<SmuxCloseReason> reasons = new ArrayList<>();
    String detail = "";

    @Override
    public void streamOpened(SmuxSessionHandler session, int streamId, boolean byPeer) {
        opened.add(streamId + (byPeer ? " peer" : " local"));
    }

    @Override
    public void streamClosed(SmuxSessionHandler session, int streamId, long bytesIn, long bytesOut) {
        closed.add(streamId + " in=" + bytesIn + " out=" + bytesOut);
    }

    @Override
    public void sessionClosed(
            SmuxSessionHandler session, SmuxCloseReason reason, String why, @Nullable Throwable cause) {
        reasons.add(reason);
        detail = why;
    }

    @Override
    public void frameDropped(SmuxSessionHandler session, SmuxDropReason reason, int streamId) {
        dropped.merge(reason, 1, Integer::sum);
    }

    int drops(SmuxDropReason reason) {
        return dropped.getOrDefault(reason, 0);
    }
}
