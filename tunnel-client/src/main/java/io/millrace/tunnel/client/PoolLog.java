package io.millrace.tunnel.client;

import io.millrace.kcp.CloseReason;
import io.millrace.kcp.DropReason;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpListener;
import io.millrace.smux.SmuxCloseReason;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.millrace.tunnel.session.SessionLog;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The log lines of one session of the pool. A session that is only tried is not worth any until it is answered: while a
 * server is away there is a new one every few seconds.
 */
final class PoolLog implements KcpListener, SmuxSessionListener {
    private final SessionLog log;
    private boolean announced;

    PoolLog(SessionLog log) {
        this.log = log;
    }

    void announce(KcpChannel channel) {
        if (!announced) {
            announced = true;
            log.sessionOpened(channel);
        }
    }

    @Override
    public void sessionClosed(KcpChannel channel, CloseReason reason) {
        if (announced) {
            log.sessionClosed(channel, reason);
        }
    }

    @Override
    public void sessionClosed(
            SmuxSessionHandler session, SmuxCloseReason reason, String detail, @Nullable Throwable cause) {
        if (announced) {
            log.sessionClosed(session, reason, detail, cause);
        }
    }

    @Override
    public void fecDiffers(KcpChannel channel) {
        log.fecDiffers(channel);
    }

    @Override
    public void packetDropped(DropReason reason, InetSocketAddress sender) {
        log.packetDropped(reason, sender);
    }

    @Override
    public void internalError(Throwable cause) {
        log.internalError(cause);
    }

    @Override
    public void sendFailed(InetSocketAddress recipient, Throwable cause) {
        log.sendFailed(recipient, cause);
    }

    @Override
    public void segmentationOff(Throwable cause) {
        log.segmentationOff(cause);
    }
}
