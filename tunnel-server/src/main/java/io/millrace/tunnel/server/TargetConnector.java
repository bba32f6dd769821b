package io.millrace.tunnel.server;

import io.millrace.config.Endpoint;
import io.millrace.config.TargetTable;
import io.millrace.smux.SmuxStreamChannel;
import io.millrace.tunnel.net.AddressText;
import io.millrace.tunnel.net.Transport;
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
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects each stream of a session to the target of the session's port and joins the two. spec: tunnel 3.3 */
@ChannelHandler.Sharable
final class TargetConnector extends ChannelInitializer<SmuxStreamChannel> {
    private static final Logger LOG = LoggerFactory.getLogger(TargetConnector.class);
    /** Upstream waits as long as the kernel does, about two minutes. */
    private static final int CONNECT_TIMEOUT_MS = 30_000;

    private final TargetTable targets;
    private final Transport transport;
    private final TunnelParameters parameters;
    private final StreamLog log;

    TargetConnector(TargetTable targets, Transport transport, TunnelParameters parameters, StreamLog log) {
        this.targets = targets;
        this.transport = transport;
        this.parameters = parameters;
        this.log = log;
    }

    @Override
    protected void initChannel(SmuxStreamChannel stream) {
        parameters.prepareStream(stream);
        SocketAddress local = stream.parent().localAddress();
        Endpoint target = local instanceof InetSocketAddress udp ? targets.targetOf(udp.getPort()) : null;
        if (target == null) {
            LOG.warn("{} has no target, stream closed", local);
            stream.close();
        } else if (target instanceof Endpoint.HostPort tcp && !isLiteral(tcp.host())) {
            CompletableFuture.supplyAsync(() -> lookUp(tcp)).whenComplete((address, failure) -> stream.eventLoop()
                    .execute(() -> onLookedUp(stream, target, address, failure)));
        } else {
            connect(stream, target, address(target));
        }
    }

    private static boolean isLiteral(String host) {
        return host.isEmpty() || NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private SocketAddress address(Endpoint target) {
        if (target instanceof Endpoint.UnixPath unix) {
            return transport.unixAddress(unix.path());
        }
        return lookUp((Endpoint.HostPort) target);
    }

    private static SocketAddress lookUp(Endpoint.HostPort tcp) {
        try {
            InetAddress address =
                    tcp.host().isEmpty() ? InetAddress.getLoopbackAddress() : InetAddress.getAllByName(tcp.host())[0];
            return new InetSocketAddress(address, tcp.port());
        } catch (UnknownHostException e) {
            throw new CompletionException(e);
        }
    }

    private void onLookedUp(SmuxStreamChannel stream, Endpoint target, SocketAddress address, Throwable failure) {
        if (failure != null) {
            LOG.warn("target {} has no address, stream closed: {}", target, failure.getMessage());
            stream.close();
        } else if (stream.isOpen()) {
            connect(stream, target, address);
        }
    }

    private void connect(SmuxStreamChannel stream, Endpoint target, SocketAddress address) {
        boolean unix = target instanceof Endpoint.UnixPath;
        Bootstrap bootstrap = new Bootstrap()
                .group(stream.eventLoop())
                .channel(unix ? transport.unixChannel() : transport.tcpChannel())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel application) {
                        RelayBuffers.limit(application);
                    }
                });
        if (!unix) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true);
        }
        ChannelFuture dial = bootstrap.connect(address);
        String in = AddressText.of(stream.parent().remoteAddress()) + "(" + Integer.toUnsignedString(stream.streamId())
                + ")";
        String out = target.toString();
        log.opened(in, out);
        RelayOptions relay = parameters.serverRelay(stream.session().config().version());
        Relay.joinDialing(stream, dial, relay, result -> ended(target, in, out, result));
    }

    private void ended(Endpoint target, String in, String out, RelayResult result) {
        if (result.end() == RelayEnd.DIAL_FAILED) {
            Throwable cause = result.cause();
            LOG.warn(
                    "cannot connect to target {}, stream {} closed: {}",
                    target,
                    in,
                    cause == null ? "closed" : AddressText.inMessage(cause));
        } else {
            log.closed(in, out, result);
        }
    }
}
