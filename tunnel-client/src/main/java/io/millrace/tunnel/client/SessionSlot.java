package io.millrace.tunnel.client;

import io.millrace.config.PoolSettings;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpClientBootstrap;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.millrace.smux.SmuxStreamChannel;
import io.millrace.tunnel.logging.RateLimiter;
import io.millrace.tunnel.net.SystemFailure;
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
import io.netty.util.concurrent.PromiseCombiner;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place in the pool: a session that is made on first use and replaced as {@link SlotPolicy} decides. Connections that
 * come while there is none wait here, a bounded number of them, so accepting never blocks. Lives on one event loop.
 * spec: tunnel 2.3
 */
final class SessionSlot {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSlot.class);
    private static final int MAX_WAITING = 1024;
    private static final int FIRST_RETRY_MS = 1000;
    private static final int MAX_RETRY_MS = 30_000;
    /** A session whose answer was only late is not waited for much longer than that. */
    private static final int SERVE_MS = 25;

    private final EventLoop loop;
    private final ServerAddress server;
    private final KcpClientBootstrap bootstrap;
    private final TunnelParameters parameters;
    private final SessionLog log;
    private final SmuxSessionListener counting;
    private final SlotPolicy<PooledSession> policy;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final RateLimiter warnings = RateLimiter.ofWarnings();

    /** How often another way was tried; see {@link ServerAddress#resolve}. */
    private int attempt;

    private int retryMs = FIRST_RETRY_MS;
    private boolean ticking;
    private boolean serving;
    private boolean closed;

    private record Waiting(ChannelHandler initializer, Promise<SmuxStreamChannel> promise) {}

    SessionSlot(
            EventLoop loop,
            ServerAddress server,
            KcpClientBootstrap bootstrap,
            TunnelParameters parameters,
            PoolSettings pool,
            SessionLog log,
            SmuxSessionListener counting) {
        this.loop = loop;
        this.server = server;
        this.bootstrap = bootstrap;
        this.parameters = parameters;
        this.log = log;
        this.counting = counting;
        this.policy = new SlotPolicy<>(
                new Decided(),
                TimeUnit.SECONDS.toMillis(pool.autoExpireSeconds()),
                TimeUnit.SECONDS.toMillis(pool.scavengeTtlSeconds()));
    }

    /** Whether a stream opened now would be carried at once, as far as one knows. */
    boolean isReady() {
        return policy.isReady();
    }

    /**
     * Opens a stream, on a new session if there is none that can be trusted.
     *
     * @param initializer goes into the stream's pipeline
     */
    Future<SmuxStreamChannel> openStream(ChannelHandler initializer) {
        if (closed) {
            return loop.newFailedFuture(new IOException("the client is shutting down"));
        }
        PooledSession session = policy.take(nowMs());
        if (session != null) {
            session.announce();
            return session.openStream(initializer);
        }
        if (waiting.size() >= MAX_WAITING) {
            return loop.newFailedFuture(
                    new IOException("more than " + MAX_WAITING + " connections wait for a session to " + server));
        }
        Promise<SmuxStreamChannel> promise = loop.newPromise();
        waiting.add(new Waiting(initializer, promise));
        startTicking();
        startServing();
        return promise;
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(loop.ticker().nanoTime());
    }

    private void startTicking() {
        if (!ticking) {
            ticking = true;
            loop.schedule(this::tick, SlotPolicy.TICK_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        ticking = false;
        if (!closed && policy.isInUse()) {
            startTicking();
            policy.tick(nowMs());
        }
    }

    private void startServing() {
        if (!serving && !waiting.isEmpty()) {
            serving = true;
            loop.schedule(this::serve, SERVE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void serve() {
        serving = false;
        if (!closed) {
            policy.serveWaiting(nowMs());
            startServing();
        }
    }

    /** What the policy asks for. */
    private final class Decided implements SlotPolicy.Slot<PooledSession> {
        @Override
        public void connect(boolean anew) {
            if (anew) {
                attempt++;
            }
            resolve();
        }

        @Override
        public int waitingStreams() {
            return waiting.size();
        }

        @Override
        public void openWaitingOn(PooledSession session) {
            session.announce();
            openWaiting(session);
        }

        @Override
        public void report(SlotPolicy.Event event, PooledSession session) {
            switch (event) {
                case DOUBTED ->
                    LOG.warn("no answer from {} for {} ms; trying a new session", server, session.silenceMs());
                case REVIVED -> LOG.info("{} answers again", server);
                case TOOK_OVER -> {
                    session.announce();
                    LOG.info("{} answers on a new session, which takes over", server);
                }
                case LOST ->
                    LOG.warn(
                            "session {} is lost: the server answers on a newer one, but not on this one; connections"
                                    + " reset: {}",
                            session,
                            session.streams());
                case EXPIRED ->
                    LOG.info("session {} expired; connections it still serves: {}", session, session.streams());
                case OUTLIVED ->
                    LOG.warn(
                            "session {} expired, and scavengettl has passed; connections reset: {}",
                            session,
                            session.streams());
            }
        }
    }

    private void resolve() {
        server.resolve(attempt)
                .whenComplete((address, failure) -> loop.execute(() -> {
                    if (closed) {
                        return;
                    }
                    if (failure == null) {
                        connect(address);
                    } else {
                        onFailed(failure);
                    }
                }));
    }

    private void connect(InetSocketAddress address) {
        PoolLog own = new PoolLog(log);
        SmuxSessionHandler smux = SmuxSessionHandler.client(
                parameters.smux(), null, SmuxSessionListener.both(own, counting), parameters.receivedMemory());
        ChannelInitializer<Channel> initializer = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel kcp) {
                TunnelPipeline.install(kcp.pipeline(), parameters.settings().compression(), smux);
            }
        };
        bootstrap.connect(loop, address, initializer, own).addListener((FutureListener<KcpChannel>) connected -> {
            if (!connected.isSuccess()) {
                onFailed(connected.cause());
            } else if (closed) {
                connected.getNow().close();
            } else {
                retryMs = FIRST_RETRY_MS;
                policy.connected(new PooledSession(connected.getNow(), smux, own), nowMs());
                startTicking();
            }
        });
    }

    private void onFailed(Throwable cause) {
        if (!policy.connectFailed(nowMs())) {
            // An expired session serves on, and each new connection asks for another one.
            warnings.run(suppressed -> LOG.warn(
                    "no session to {}{}: {}", server, RateLimiter.more(suppressed), SystemFailure.text(cause)));
            return;
        }
        LOG.warn("no session to {}: {}; trying again in {} s", server, SystemFailure.text(cause), retryMs / 1000);
        loop.schedule(this::retry, retryMs, TimeUnit.MILLISECONDS);
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
        attempt++;
    }

    private void retry() {
        if (!closed) {
            resolve();
        }
    }

    private void openWaiting(PooledSession session) {
        for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
            Promise<SmuxStreamChannel> promise = next.promise();
            session.openStream(next.initializer()).addListener((FutureListener<SmuxStreamChannel>) opened -> {
                if (opened.isSuccess()) {
                    promise.setSuccess(opened.getNow());
                } else {
                    promise.setFailure(opened.cause());
                }
            });
        }
    }

    /**
     * Ends the sessions in order.
     *
     * @return completes when they are over
     */
    Future<Void> close() {
        closed = true;
        for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
            next.promise().setFailure(new IOException("the client is shutting down"));
        }
        PromiseCombiner ends = new PromiseCombiner(loop);
        for (PooledSession session : policy.sessions()) {
            ends.add(session.closeOrderly());
        }
        Promise<Void> all = loop.newPromise();
        ends.finish(all);
        return all;
    }
}
