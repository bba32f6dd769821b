package io.millrace.tunnel.client;

import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpClientBootstrap;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxStreamChannel;
import io.millrace.tunnel.session.OrderlyClose;
import io.millrace.tunnel.session.SessionLog;
import io.millrace.tunnel.session.TunnelParameters;
import io.millrace.tunnel.session.TunnelPipeline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place in the pool: a session that is made on first use and made anew when it has ended. Connections that come
 * while it is being made wait here, a bounded number of them, so accepting never blocks. Lives on one event loop.
 * spec: tunnel 2.3
 */
final class SessionSlot {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSlot.class);
    private static final int MAX_WAITING = 1024;
    private static final int FIRST_RETRY_MS = 1000;
    private static final int MAX_RETRY_MS = 30_000;

    private final EventLoop loop;
    private final ServerAddress server;
    private final KcpClientBootstrap bootstrap;
    private final TunnelParameters parameters;
    private final SessionLog log;
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    private @Nullable KcpChannel channel;
    private @Nullable SmuxSessionHandler session;
    private boolean connecting;
    private int retryMs = FIRST_RETRY_MS;
    private boolean closed;

    private record Waiting(ChannelHandler initializer, Promise<SmuxStreamChannel> promise) {}

    SessionSlot(
            EventLoop loop,
            ServerAddress server,
            KcpClientBootstrap bootstrap,
            TunnelParameters parameters,
            SessionLog log) {
        this.loop = loop;
        this.server = server;
        this.bootstrap = bootstrap;
        this.parameters = parameters;
        this.log = log;
    }

    /**
     * Opens a stream, on a new session if there is none.
     *
     * @param initializer goes into the stream's pipeline
     */
    Future<SmuxStreamChannel> openStream(ChannelHandler initializer) {
        SmuxSessionHandler present = session;
        if (present != null && !present.isClosed()) {
            return present.openStream(initializer);
        }
        Promise<SmuxStreamChannel> promise = loop.newPromise();
        if (closed) {
            return promise.setFailure(new IOException("the client is shutting down"));
        }
        if (waiting.size() >= MAX_WAITING) {
            return promise.setFailure(
                    new IOException("more than " + MAX_WAITING + " connections wait for a session to " + server));
        }
        waiting.add(new Waiting(initializer, promise));
        if (!connecting) {
            connecting = true;
            connect();
        }
        return promise;
    }

    private void connect() {
        server.resolve()
                .whenComplete((address, failure) -> loop.execute(() -> {
                    if (closed) {
                        return;
                    }
                    if (failure == null) {
                        connect(address);
                    } else {
                        retryLater(failure.getCause() == null ? failure : failure.getCause());
                    }
                }));
    }

    private void connect(InetSocketAddress address) {
        SmuxSessionHandler smux = SmuxSessionHandler.client(parameters.smux(), log);
        ChannelInitializer<Channel> initializer = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel kcp) {
                TunnelPipeline.install(kcp.pipeline(), parameters.settings().compression(), smux);
            }
        };
        bootstrap.connect(loop, address, initializer).addListener((FutureListener<KcpChannel>) connected -> {
            if (!connected.isSuccess()) {
                retryLater(connected.cause());
            } else if (closed) {
                connected.getNow().close();
            } else {
                connecting = false;
                retryMs = FIRST_RETRY_MS;
                channel = connected.getNow();
                session = smux;
                openWaiting(smux);
            }
        });
    }

    private void openWaiting(SmuxSessionHandler smux) {
        for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
            Promise<SmuxStreamChannel> promise = next.promise();
            smux.openStream(next.initializer()).addListener((FutureListener<SmuxStreamChannel>) opened -> {
                if (opened.isSuccess()) {
                    promise.setSuccess(opened.getNow());
                } else {
                    promise.setFailure(opened.cause());
                }
            });
        }
    }

    private void retryLater(Throwable cause) {
        LOG.warn("no session to {}: {}; trying again in {} s", server, cause.getMessage(), retryMs / 1000);
        loop.schedule(this::retry, retryMs, TimeUnit.MILLISECONDS);
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
    }

    private void retry() {
        if (!closed) {
            connect();
        }
    }

    /**
     * Ends the session in order: streams get their end, what was sent gets its time to be acknowledged.
     *
     * @return completes when the session is over
     */
    Future<Void> close(long drainMs) {
        closed = true;
        for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
            next.promise().setFailure(new IOException("the client is shutting down"));
        }
        KcpChannel presentChannel = channel;
        SmuxSessionHandler presentSession = session;
        if (presentChannel == null || presentSession == null) {
            return loop.newSucceededFuture(null);
        }
        return OrderlyClose.of(presentChannel, presentSession, drainMs);
    }
}
