package io.millrace.tunnel.session;

import io.millrace.config.Compression;
import io.millrace.kcp.CloseReason;
import io.millrace.kcp.DropReason;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpListener;
import io.millrace.smux.SmuxCloseReason;
import io.millrace.smux.SmuxDropReason;
import io.millrace.smux.SmuxLimits;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.millrace.tunnel.compression.CompressionErrors;
import io.millrace.tunnel.compression.CompressionFormatException;
import io.millrace.tunnel.diagnosis.SessionWatch;
import io.millrace.tunnel.logging.RateLimiter;
import io.millrace.tunnel.net.AddressText;
import io.netty.channel.Channel;
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
    /** The system's text of EMSGSIZE. */
    private static final String TOO_LONG = "Message too long";

    private final RateLimiter sessionWarnings = RateLimiter.ofWarnings();
    private final RateLimiter sendWarnings = RateLimiter.ofWarnings();
    private final RateLimiter errorWarnings = RateLimiter.ofWarnings();
    private final RateLimiter formatWarnings = RateLimiter.ofWarnings();
    private final RateLimiter streamWarnings = RateLimiter.ofWarnings();

    private final SessionWatch watch;
    private final CompressionErrors compressionErrors;

    /**
     * @param watch says in the log what is probably set wrong; for the same event loop
     * @param compressionErrors the program's; counted here and shown with each
     */
    public SessionLog(SessionWatch watch, CompressionErrors compressionErrors) {
        this.watch = watch;
        this.compressionErrors = compressionErrors;
    }

    @Override
    public void sessionOpened(KcpChannel channel) {
        LOG.info(
                "session opened: {} -> {}, conv {}",
                AddressText.of(channel.localAddress()),
                AddressText.of(channel.remoteAddress()),
                Integer.toHexString(channel.conv()));
        watch.opened(channel);
    }

    @Override
    public void sessionClosed(KcpChannel channel, CloseReason reason) {
        watch.closed(channel);
        String why =
                switch (reason) {
                    case LOCAL -> "closed here";
                    case REPLACED -> "the peer began a new session";
                    case NEVER_BEGAN -> "nothing arrived in order; a leftover of an older session, or a stray packet";
                    case SOCKET_CLOSED -> "the socket closed";
                };
        LOG.info(
                "session closed: {}, {}; {}", AddressText.of(channel.remoteAddress()), why, TransferTotals.of(channel));
    }

    @Override
    public void fecDiffers(KcpChannel channel) {
        watch.fecDiffers(channel);
    }

    @Override
    public void packetDropped(DropReason reason, InetSocketAddress sender) {
        if (reason == DropReason.BAD_CHECKSUM || reason == DropReason.NO_SESSION) {
            watch.packetDropped(reason, sender, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        } else if (reason == DropReason.TOO_MANY_SESSIONS) {
            sessionWarnings.run(suppressed -> LOG.warn(
                    "a new session from {} was refused{}: there are as many as allowed",
                    AddressText.of(sender),
                    RateLimiter.more(suppressed)));
        }
    }

    @Override
    public void internalError(Throwable cause) {
        errorWarnings.run(
                suppressed -> LOG.error("internal error{}; the session goes on", RateLimiter.more(suppressed), cause));
    }

    @Override
    public void sendFailed(InetSocketAddress recipient, Throwable cause) {
        String hint = String.valueOf(cause.getMessage()).contains(TOO_LONG) ? " (mtu is too large for the path)" : "";
        sendWarnings.run(suppressed -> LOG.warn(
                "sending failed{}: {}{}; trying on", RateLimiter.more(suppressed), AddressText.inMessage(cause), hint));
    }

    @Override
    public void segmentationOff(Throwable cause) {
        LOG.info("the kernel refused UDP segmentation ({}); packets are sent one by one", cause.toString());
    }

    @Override
    public void sessionClosed(
            SmuxSessionHandler session, SmuxCloseReason reason, String detail, @Nullable Throwable cause) {
        if (cause instanceof CompressionFormatException error) {
            warnOfFormat("smux session ended: " + counted(error));
        } else if (reason.isProtocolError() || reason == SmuxCloseReason.INTERNAL_ERROR) {
            LOG.warn("smux session ended, {}: {}", reason, detail);
        } else {
            LOG.info("smux session ended, {}: {}", reason, detail);
        }
    }

    @Override
    public void frameDropped(SmuxSessionHandler session, SmuxDropReason reason, int streamId) {
        if (reason == SmuxDropReason.STREAM_REFUSED && !session.isClient() && !session.isClosed()) {
            SmuxLimits limits = session.config().limits();
            streamWarnings.run(suppressed -> LOG.warn(
                    "a new stream of a session was refused{}: the session has as many as allowed ({} at once, {} new ones a"
                            + " second)",
                    RateLimiter.more(suppressed),
                    limits.maxPeerStreams(),
                    limits.synPerSecond()));
        }
    }

    /** A server session's client speaks this. */
    void formatFound(Channel session, StreamFormat format, StreamFormat own) {
        if (!format.equals(own)) {
            LOG.info("session from {} has {} (here: {}); it is answered in kind", remote(session), format, own);
        }
    }

    /** The same, and it is not wanted. */
    void refused(Channel session, StreamFormat format, StreamFormat own) {
        warnOfFormat("session from " + remote(session) + " refused: it has " + format + ", and strict demands " + own);
    }

    /** A server session begins with what nobody knows. */
    void unknownFormat(Channel session, int firstByte, @Nullable Compression inside) {
        warnOfFormat(String.format(
                "session from %s closed: its stream%s begins with 0x%02x, which is neither smux nor compression;"
                        + " is crypt the same at both ends, and does the client know no other compression?",
                remote(session), inside == null ? "" : " inside of " + inside.configName(), firstByte));
    }

    /** A server session shows nothing. */
    void noFormat(Channel session) {
        LOG.info("session from {} closed: it never sent enough to be known", remote(session));
    }

    /** A server session's stream cannot be decompressed, and did not yet show more. */
    void badStream(Channel session, Throwable cause) {
        String what = cause instanceof CompressionFormatException error ? counted(error) : cause.getMessage();
        warnOfFormat("session from " + remote(session) + " closed: " + what);
    }

    private String counted(CompressionFormatException error) {
        return error.getMessage() + " (" + error.reason() + ", " + compressionErrors.count(error) + " since start)";
    }

    private void warnOfFormat(String text) {
        formatWarnings.run(suppressed -> LOG.warn("{}{}", text, RateLimiter.more(suppressed)));
    }

    private static String remote(Channel session) {
        return AddressText.of(session.remoteAddress());
    }
}
