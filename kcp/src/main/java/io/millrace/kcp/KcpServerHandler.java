package io.millrace.kcp;

import io.millrace.kcp.session.SessionConfig;
import io.millrace.kcp.session.SharedResources;
import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one server socket. Stricter than upstream about what begins a session, in ways no honest client
 * notices: only a PUSH within the first window does, and only a PUSH with sn 0 replaces a live one. spec: kcp 5.2, 5.3,
 * 6.4 (hardening)
 */
final class KcpServerHandler extends KcpDatagramHandler {
    private final KcpServerLimits limits;
    private final ChannelHandler initializer;
    private final Map<SessionKey, KcpChannel> sessions = new HashMap<>();

    // The session found last: the packets of a batch come mostly from one peer.
    private @Nullable InetSocketAddress lastAddress;
    private @Nullable KcpChannel lastSession;

    KcpServerHandler(
            SessionConfig config,
            SharedResources shared,
            KcpServerLimits limits,
            ChannelHandler initializer,
            KcpListener listener) {
        super(config, shared, listener);
        this.limits = limits;
        this.initializer = initializer;
    }

    @Override
    void route(byte[] bytes, int offset, int length, InetSocketAddress from) {
        int segment = firstSegment(bytes, offset, length);
        KcpChannel session = find(from);
        if (session != null) {
            if (segment < 0 || KcpSegmentHeader.conv(bytes, segment) == session.conv()) {
                deliver(session, bytes, offset, length);
                return;
            }
            if (!isPush(bytes, segment) || KcpSegmentHeader.sn(bytes, segment) != 0) {
                drop(DropReason.OTHER_CONVERSATION, from);
                return;
            }
            session.close(CloseReason.REPLACED);
        }
        if (segment < 0 || !beginsSession(bytes, segment)) {
            drop(DropReason.NO_SESSION, from);
            return;
        }
        if (sessions.size() >= limits.maxSessions()) {
            drop(DropReason.TOO_MANY_SESSIONS, from);
            return;
        }
        deliver(create(from, KcpSegmentHeader.conv(bytes, segment)), bytes, offset, length);
    }

    /** Where the packet's first KCP segment starts; -1 if it shows none (parity, out of band, too short). */
    private static int firstSegment(byte[] bytes, int offset, int length) {
        if (length < FecHeader.BYTES) {
            return -1;
        }
        int type = FecHeader.type(bytes, offset);
        if (type == FecHeader.TYPE_PARITY || type == FecHeader.TYPE_OOB) {
            return -1;
        }
        int header = type == FecHeader.TYPE_DATA ? FecHeader.BYTES : 0;
        return length - header < KcpSegmentHeader.BYTES ? -1 : offset + header;
    }

    private static boolean isPush(byte[] bytes, int segment) {
        return KcpSegmentHeader.cmd(bytes, segment) == KcpSegmentHeader.CMD_PUSH;
    }

    private boolean beginsSession(byte[] bytes, int segment) {
        return isPush(bytes, segment)
                && Integer.compareUnsigned(
                                KcpSegmentHeader.sn(bytes, segment),
                                config().kcp().receiveWindowSegments())
                        < 0;
    }

    private @Nullable KcpChannel find(InetSocketAddress from) {
        if (!from.equals(lastAddress)) {
            lastAddress = from;
            lastSession = sessions.get(new SessionKey(from));
        }
        return lastSession;
    }

    private KcpChannel create(InetSocketAddress from, int conv) {
        KcpChannel session = new KcpChannel(this, from, conv);
        sessions.put(new SessionKey(from), session);
        lastAddress = from;
        lastSession = session;
        session.pipeline().addLast(initializer);
        open(session);
        session.mustBeginWithin(limits.firstDataTimeoutMs());
        return session;
    }

    @Override
    void onRemoved(KcpChannel session) {
        sessions.remove(new SessionKey(session.remoteAddress()), session);
        lastAddress = null;
        lastSession = null;
    }

    @Override
    List<KcpChannel> sessions() {
        return new ArrayList<>(sessions.values());
    }
}
