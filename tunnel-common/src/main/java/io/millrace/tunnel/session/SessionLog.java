package io.millrace.tunnel.session;

import io.millrace.kcp.CloseReason;
import io.millrace.kcp.DropReason;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpListener;
import io.millrace.smux.SmuxCloseReason;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.millrace.tunnel.logging.RateLimiter;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log lines of sessions: begin, end with reason and totals, and what an operator should act on, rate-limited. One
 * for each event loop.
 */
public final class SessionLog implements KcpListener, SmuxSessionListener {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLog.class);
    private static final long WARNING_PERIOD_MS = TimeUnit.SECONDS.toMillis(10);

    private final RateLimiter checksumWarnings = new RateLimiter(WARNING_PERIOD_MS);
    private final RateLimiter sessionWarnings = new RateLimiter(WARNING_PERIOD_MS);
    private final RateLimiter sendWarnings = new RateLimiter(WARNING_PERIOD_MS);
    private final RateLimiter errorWarnings = new RateLimiter(WARNING_PERIOD_MS);
    private final int smuxVersion;

    public SessionLog(int smuxVersion) {
        this.smuxVersion = smuxVersion;
    }

    @Override
    public void sessionOpened(KcpChannel channel) {
        LOG.info(
                "session opened: {} -> {}, smux version {}, conv {}",
                channel.localAddress(),
                channel.remoteAddress(),
                smuxVersion,
                Integer.toHexString(channel.conv()));
    }

    @Override
    public void sessionClosed(KcpChannel channel, CloseReason reason) {
        String why =
                switch (reason) {
                    case LOCAL -> "closed here";
                    case REPLACED -> "the peer began a new session";
                    case NEVER_BEGAN -> "nothing arrived in order; a leftover of an older session, or a stray packet";
                    case SOCKET_CLOSED -> "the socket closed";
                };
        LOG.info("session closed: {}, {}; {}", channel.remoteAddress(), why, TransferTotals.of(channel));
    }

    @Override
    public void packetDropped(DropReason reason, InetSocketAddress sender) {
        if (reason == DropReason.BAD_CHECKSUM) {
            checksumWarnings.run(suppressed -> LOG.warn(
                    "a packet from {} failed its checksum{}: do key and crypt differ from the peer's?",
                    sender,
                    more(suppressed)));
        } else if (reason == DropReason.TOO_MANY_SESSIONS) {
            sessionWarnings.run(suppressed -> LOG.warn(
                    "a new session from {} was refused{}: there are as many as allowed", sender, more(suppressed)));
        }
    }

    @Override
    public void internalError(Throwable cause) {
        errorWarnings.run(suppressed -> LOG.error("internal error{}; the session goes on", more(suppressed), cause));
    }

    @Override
    public void sendFailed(InetSocketAddress recipient, Throwable cause) {
        sendWarnings.run(suppressed -> LOG.warn("sending failed{}: {}; trying on", more(suppressed), cause.toString()));
    }

    @Override
    public void segmentationOff(Throwable cause) {
        LOG.info("the kernel refused UDP segmentation ({}); packets are sent one by one", cause.toString());
    }

    @Override
    public void sessionClosed(
            SmuxSessionHandler session, SmuxCloseReason reason, String detail, @Nullable Throwable cause) {
        if (reason.isProtocolError() || reason == SmuxCloseReason.INTERNAL_ERROR) {
            LOG.warn("smux session ended, {}: {}", reason, detail);
        } else {
            LOG.info("smux session ended, {}: {}", reason, detail);
        }
    }

    private static String more(long suppressed) {
        return suppressed == 0 ? "" : " (and " + suppressed + " more like it)";
    }
}
