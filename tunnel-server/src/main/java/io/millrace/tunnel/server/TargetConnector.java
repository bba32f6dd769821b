package io.millrace.tunnel.server;

import io.millrace.config.Endpoint;
import io.millrace.config.TargetTable;
import io.millrace.smux.SmuxStreamChannel;
import io.millrace.tunnel.logging.RateLimiter;
import io.millrace.tunnel.net.AddressText;
import io.millrace.tunnel.net.NameLookup;
import io.millrace.tunnel.net.SystemFailure;
import io.millrace.tunnel.net.Transport;
import io.millrace.tunnel.relay.NotYetJoined;
import io.millrace.tunnel.relay.Relay;
import io.millrace.tunnel.relay.RelayBuffers;
import io.millrace.tunnel.relay.RelayEnd;
import io.millrace.tunnel.relay.RelayOptions;
import io.millrace.tunnel.relay.RelayResult;
import io.millrace.tunnel.session.StreamLog;
import io.millrace.tunnel.session.TunnelParameters;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects each stream of a session to the target of the session's port and joins the two. If the target's name has several
 * addresses, they are tried one after the other. spec: tunnel 3.3
 */
@ChannelHandler.Sharable
final class TargetConnector extends ChannelInitializer<SmuxStreamChannel> {
    private static final Logger LOG = LoggerFactory.getLogger(TargetConnector.class);
    /** Upstream waits as long as the kernel does, about two minutes. */
    private static final int CONNECT_TIMEOUT_MS = 30_000;
    /** Addresses of a name that are tried; they share the time. */
    private static final int MAX_ADDRESSES = 6;

    private final TargetTable targets;
    private final Transport transport;
    private final TunnelParameters parameters;
    private final StreamLog log;
    private final NameLookup names = new NameLookup();
    /** By target, so that one that is down does not hide another. */
    private final Map<Endpoint, RateLimiter> warnings = new ConcurrentHashMap<>();

    TargetConnector(TargetTable targets, Transport transport, TunnelParameters parameters, StreamLog log) {
        this.targets = targets;
        this.transport = transport;
        this.parameters = parameters;
        this.log = log;
    }

    @Override
    protected void initChannel(SmuxStreamChannel stream) {
        parameters.prepareStream(stream);
        stream.pipeline().addLast(NotYetJoined.INSTANCE);
        SocketAddress local = stream.parent().localAddress();
        Endpoint target = local instanceof InetSocketAddress udp ? targets.targetOf(udp.getPort()) : null;
        if (target == null) {
            LOG.warn("{} has no target, stream closed", local);
            stream.close();
        } else if (target instanceof Endpoint.UnixPath unix) {
            connect(stream, target, List.of(transport.unixAddress(unix.path())));
        } else if (target instanceof Endpoint.HostPort tcp) {
            lookUpAndConnect(stream, tcp);
        }
    }

    private void lookUpAndConnect(SmuxStreamChannel stream, Endpoint.HostPort target) {
        String host = target.host();
        if (host.isEmpty()) {
            connect(stream, target, List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port())));
        } else if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            connect(stream, target, List.of(new InetSocketAddress(host, target.port())));
        } else {
            names.addressesOf(host).whenComplete((addresses, failure) -> stream.eventLoop()
                    .execute(() -> onLookedUp(stream, target, addresses, failure)));
        }
    }

    private void onLookedUp(
            SmuxStreamChannel stream,
            Endpoint.HostPort target,
            @Nullable List<InetAddress> addresses,
            @Nullable Throwable failure) {
        if (addresses == null || failure != null) {
            String why = failure == null ? "none" : SystemFailure.text(failure);
            warn(target, more -> LOG.warn("target {} has no address, stream closed{}: {}", target, more, why));
            stream.close();
        } else if (stream.isOpen()) {
            connect(
                    stream,
                    target,
                    addresses.stream()
                            .limit(MAX_ADDRESSES)
                            .map(address -> (SocketAddress) new InetSocketAddress(address, target.port()))
                            .toList());
        }
    }

    private void connect(SmuxStreamChannel stream, Endpoint target, List<SocketAddress> addresses) {
        Attempts attempts = new Attempts(stream, target, addresses);
        log.opened(attempts.in, attempts.out);
        attempts.next();
    }

    /** Connects to one address after the other. On the stream's event loop. */
    private final class Attempts {
        private final SmuxStreamChannel stream;
        private final Endpoint target;
        private final List<SocketAddress> addresses;
        private final Bootstrap bootstrap;
        private final String in;
        private final String out;
        private int tried;

        Attempts(SmuxStreamChannel stream, Endpoint target, List<SocketAddress> addresses) {
            this.stream = stream;
            this.target = target;
            this.addresses = addresses;
            this.bootstrap = bootstrap(stream, target, CONNECT_TIMEOUT_MS / addresses.size());
            this.in = AddressText.of(stream.parent().remoteAddress()) + "("
                    + Integer.toUnsignedString(stream.streamId()) + ")";
            this.out = target.toString();
        }

        void next() {
            ChannelFuture dial = bootstrap.connect(addresses.get(tried++));
            if (!(dial.channel() instanceof DuplexChannel)) {
                // There was not even a socket to be had: the future has failed, and belongs to no event loop.
                stream.close();
                ended(new RelayResult(RelayEnd.DIAL_FAILED, dial.cause(), 0, 0, 0));
            } else if (tried == addresses.size()) {
                join(dial);
            } else {
                ChannelFutureListener giveUp = closed -> dial.channel().close();
                stream.closeFuture().addListener(giveUp);
                dial.addListener((ChannelFutureListener) dialed -> {
                    stream.closeFuture().removeListener(giveUp);
                    if (dialed.isSuccess() || !stream.isOpen()) {
                        join(dialed);
                    } else {
                        next();
                    }
                });
            }
        }

        private void join(ChannelFuture dial) {
            RelayOptions relay =
                    parameters.serverRelay(stream.session().config().version());
            Relay.joinDialing(stream, dial, relay, this::ended);
        }

        private void ended(RelayResult result) {
            if (result.end() == RelayEnd.DIAL_FAILED) {
                Throwable cause = result.cause();
                String why = cause == null ? "closed" : SystemFailure.text(cause);
                warn(
                        target,
                        more -> LOG.warn("cannot connect to target {}, stream {} closed{}: {}", target, in, more, why));
            }
            log.closed(in, out, result);
        }
    }

    private Bootstrap bootstrap(SmuxStreamChannel stream, Endpoint target, int timeoutMs) {
        boolean unix = target instanceof Endpoint.UnixPath;
        Bootstrap bootstrap = new Bootstrap()
                .group(stream.eventLoop())
                .channel(unix ? transport.unixChannel() : transport.tcpChannel())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel application) {
                        RelayBuffers.limit(application);
                        application.pipeline().addLast(NotYetJoined.INSTANCE);
                    }
                });
        if (!unix) {
            transport.configureTcp(bootstrap::option);
        }
        return bootstrap;
    }

    private void warn(Endpoint target, Consumer<String> line) {
        warnings.computeIfAbsent(target, any -> RateLimiter.ofWarnings())
                .run(suppressed -> line.accept(RateLimiter.more(suppressed)));
    }
}
