package io.millrace.tunnel.net;

import io.millrace.faketcp.FakeTcp;
import io.millrace.faketcp.FakeTcpClient;
import io.millrace.faketcp.FakeTcpOptions;
import io.millrace.faketcp.FakeTcpServer;
import io.millrace.faketcp.SegmentListener;
import io.millrace.faketcp.wire.SegmentDropReason;
import io.millrace.kcp.DatagramDialer;
import io.millrace.kcp.DatagramOptions;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpServerLimits;
import io.millrace.tunnel.logging.RateLimiter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Packets disguised as TCP, in the place of UDP. spec: tunnel 7 */
public final class TcpDisguise {
    private static final Logger LOG = LoggerFactory.getLogger(TcpDisguise.class);
    private static final long WARNING_PERIOD_MS = TimeUnit.SECONDS.toMillis(60);

    private final FakeTcpOptions options;

    private TcpDisguise(FakeTcpOptions options) {
        this.options = options;
    }

    /**
     * Checks that it can be done here.
     *
     * @throws IOException if not; the message says what is missing
     */
    public static TcpDisguise require(Transport transport, DatagramOptions datagrams) throws IOException {
        try {
            if (transport != Transport.EPOLL && Transport.EPOLL.isAvailable()) {
                throw new IOException("it needs the transport epoll; " + Transport.PROPERTY + " chose another one");
            }
            FakeTcp.requireAvailable();
        } catch (IOException e) {
            throw new IOException("tcp is not possible here: " + e.getMessage(), e);
        }
        return new TcpDisguise(new FakeTcpOptions(
                datagrams.socketBufferBytes(), datagrams.dscp(), KcpServerLimits.DEFAULT.maxSessions()));
    }

    /** Opens the channels of client sessions; one for each event loop. */
    public DatagramDialer dialer() {
        FakeTcpClient client = new FakeTcpClient(options, newListener());
        return (loop, server, handler) -> {
            Future<Channel> connected = client.connect(loop, server, handler);
            return connected.addListener((GenericFutureListener<Future<Channel>>) done -> {
                if (done.isSuccess()) {
                    tellLocalAddress(done.getNow());
                }
            });
        };
    }

    /**
     * Takes clients in disguise on a TCP port. Blocks; not for event loops.
     *
     * @param group all event loops
     * @param loops those that serve clients
     * @param handlers makes what serves the clients of one loop, once for each address family
     * @throws IOException if the port cannot be bound; the message names it
     */
    public FakeTcpServer listen(
            EventLoopGroup group,
            List<EventLoop> loops,
            InetSocketAddress address,
            Function<EventLoop, ? extends ChannelHandler> handlers)
            throws IOException {
        FakeTcpServer server;
        try {
            server = FakeTcpServer.bind(group, loops, address, options, TcpDisguise::newListener, handlers);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + address + "/tcp: " + e.getMessage(), e);
        }
        server.acceptor().pipeline().addFirst(new AcceptFailures());
        server.channels().forEach(TcpDisguise::tellLocalAddress);
        return server;
    }

    private static void tellLocalAddress(Channel channel) {
        channel.attr(KcpChannel.LOCAL_ADDRESS).set(FakeTcp.localAddress(channel));
    }

    private static SegmentListener newListener() {
        RateLimiter warnings = new RateLimiter(WARNING_PERIOD_MS);
        return reason -> {
            if (reason == SegmentDropReason.TOO_LONG) {
                warnings.run(suppressed -> LOG.warn(
                        "{} TCP segments are longer than any packet: something merges them; switch that off on this machine"
                                + " (ethtool -K INTERFACE gro off lro off)",
                        suppressed + 1));
            }
        };
    }
}
