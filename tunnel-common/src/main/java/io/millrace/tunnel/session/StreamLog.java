package io.millrace.tunnel.session;

import io.millrace.tunnel.net.AddressText;
import io.millrace.tunnel.net.SystemFailure;
import io.millrace.tunnel.relay.RelayEnd;
import io.millrace.tunnel.relay.RelayResult;
import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log lines of streams, left out in a quiet program. spec: tunnel 2.6 */
public final class StreamLog {
    private static final Logger LOG = LoggerFactory.getLogger(StreamLog.class);

    private final boolean quiet;

    public StreamLog(boolean quiet) {
        this.quiet = quiet;
    }

    /** How an application's connection is called; unix sockets have no address of their own. */
    public String name(Channel application) {
        return application.remoteAddress() == null ? "unix socket" : AddressText.of(application.remoteAddress());
    }

    /** A stream was joined with a socket. */
    public void opened(String in, String out) {
        if (!quiet) {
            LOG.info("stream opened in: {} out: {}", in, out);
        }
    }

    /** Both ended. */
    public void closed(String in, String out, RelayResult result) {
        if (quiet) {
            return;
        }
        Throwable cause = result.cause();
        LOG.info(
                "stream closed in: {} out: {} after {} ms, {} to the peer, {} from it{}{}",
                in,
                out,
                TimeUnit.NANOSECONDS.toMillis(result.durationNs()),
                TransferTotals.bytes(result.bytesToStream()),
                TransferTotals.bytes(result.bytesToApplication()),
                result.end() == RelayEnd.COMPLETED ? "" : ", " + result.end(),
                cause == null ? "" : ": " + SystemFailure.text(cause));
    }
}
