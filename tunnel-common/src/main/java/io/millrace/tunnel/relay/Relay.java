package io.millrace.tunnel.relay;

import io.millrace.smux.SmuxStreamException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries bytes both ways between a stream of the tunnel and an application's socket (TCP or unix-domain), until both
 * directions have ended.
 *
 * <ul>
 *   <li><b>Back-pressure.</b> A side is not read while the other is not writable, so that what waits here is bounded by
 *       the write watermark of the channels and one read. Flushed once per batch of reads.
 *   <li><b>Half-close.</b> The end of one side's input becomes, after everything read was written, the end of the other
 *       side's output, and the opposite direction goes on. For the application's end of input {@link FinPolicy} can hold
 *       that back. What may follow the peer's FIN is limited by {@link RelayOptions#peerFinLimitMs()} and
 *       {@link RelayOptions#peerFinStallMs()}, since a FIN of kcptun means that nobody reads any more.
 *   <li><b>Errors.</b> When the stream breaks or is reset, the application's socket is reset, so that it cannot take a cut
 *       transfer for a complete one. When the application's socket breaks, what it had sent is still read and written to the
 *       stream, which is then reset, so that the other end stops at once and resets its application too.
 * </ul>
 *
 * <p>Both channels must be registered with the same event loop, carry {@link ByteBuf}s, and allow half-closure (it is
 * switched on here). A channel that is joined before it is active is waited for; the other one is not read until then. A
 * channel that is active already must not have been read: create it with {@code AUTO_READ} off.
 *
 * <p>spec: tunnel 4, smux 8.5
 */
public final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private static final long MIN_CHECK_NS = TimeUnit.MILLISECONDS.toNanos(50);
    /** What a broken socket still holds is there to be read. */
    private static final long BROKEN_MS = 1000;

    private enum State {
        /** A channel is not active yet. */
        WAITING,
        RELAYING,
        /** The end is decided; what must still be written is being written. */
        CLOSING,
        /** Both channels have been told to close. */
        CLOSED
    }

    private final DuplexChannel stream;
    private final DuplexChannel application;
    private final RelayOptions options;
    private final RelayListener listener;
    private final long startNs;

    private final Half toStream;
    private final Half toApplication;

    private State state = State.WAITING;
    private @Nullable ChannelFuture dial;
    private RelayEnd end = RelayEnd.COMPLETED;
    private @Nullable Throwable cause;
    private boolean holding;
    private boolean reported;
    /** Why the application's socket takes no more, while what it had sent before is still read. */
    private @Nullable Throwable applicationBroke;

    /** When a byte was last read or written; kept only while {@link #timed()}. */
    private long lastMoveNs;

    private long peerFinForwardedNs;
    private @Nullable ScheduledFuture<?> timer;

    private Relay(DuplexChannel stream, DuplexChannel application, RelayOptions options, RelayListener listener) {
        this.stream = stream;
        this.application = application;
        this.options = options;
        this.listener = listener;
        this.toStream = new Half(application, stream);
        this.toApplication = new Half(stream, application);
        this.startNs = nowNs();
        this.lastMoveNs = startNs;
    }

    /**
     * Joins two channels of one event loop; to be called there.
     *
     * @param stream the tunnel's side
     * @param application the side of the socket
     * @throws IllegalStateException if called on another thread than the event loop of both
     */
    public static Relay join(
            DuplexChannel stream, DuplexChannel application, RelayOptions options, RelayListener listener) {
        requireEventLoop(application);
        requireEventLoop(stream);
        Relay relay = new Relay(stream, application, options, listener);
        relay.attach();
        return relay;
    }

    /**
     * Joins a stream and a socket that is being connected; to be called on the stream's event loop, which the socket must
     * be registered with too. If connecting fails the stream is closed and the relay ends with
     * {@link RelayEnd#DIAL_FAILED}; if the stream closes first, connecting is given up.
     *
     * @param dial the result of {@code Bootstrap.connect}, done or not; its channel must be a {@link DuplexChannel}
     * @throws IllegalStateException if called on another thread than the stream's event loop
     */
    public static Relay joinDialing(
            DuplexChannel stream, ChannelFuture dial, RelayOptions options, RelayListener listener) {
        requireEventLoop(stream);
        if (!(dial.channel() instanceof DuplexChannel application)) {
            throw new IllegalArgumentException("not a duplex channel: " + dial.channel());
        }
        Relay relay = new Relay(stream, application, options, listener);
        relay.dial = dial;
        relay.attach();
        return relay;
    }

    private static void requireEventLoop(Channel channel) {
        if (!channel.eventLoop().inEventLoop()) {
            throw new IllegalStateException("must be called on the event loop of " + channel);
        }
    }

    /** Bytes read from the application so far. Event loop only. */
    public long bytesToStream() {
        return toStream.bytes;
    }

    /** Bytes read from the stream so far. Event loop only. */
    public long bytesToApplication() {
        return toApplication.bytes;
    }

    /**
     * Ends the relay before its time: nothing more is read, what was read is still written for as long as that makes
     * progress, then the stream is closed and the application's socket reset. Any thread.
     */
    public void close() {
        if (stream.eventLoop().inEventLoop()) {
            beginClose(RelayEnd.CLOSED_HERE, null);
        } else {
            stream.eventLoop().execute(() -> beginClose(RelayEnd.CLOSED_HERE, null));
        }
    }

    private void attach() {
        for (DuplexChannel channel : new DuplexChannel[] {stream, application}) {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            channel.config().setAutoRead(false);
            if (channel.pipeline().context(NotYetJoined.INSTANCE) != null) {
                channel.pipeline().remove(NotYetJoined.INSTANCE);
            }
        }
        // Netty would close a socket that cannot be written, and throw away what is to be read from it.
        application.config().setOption(ChannelOption.AUTO_CLOSE, false);
        stream.pipeline().addLast(new Side(toApplication, toStream));
        application.pipeline().addLast(new Side(toStream, toApplication));
        stream.closeFuture().addListener(closed -> onStreamClosed());
        application.closeFuture().addListener(closed -> onApplicationClosed());
        if (dial != null) {
            dial.addListener((ChannelFutureListener) this::onDialed);
        }
        startIfActive();
    }

    private void onDialed(ChannelFuture dialed) {
        dial = null;
        Throwable failed = dialed.cause();
        if (failed == null) {
            startIfActive();
        } else if (state == State.WAITING) {
            beginClose(RelayEnd.DIAL_FAILED, failed);
        }
    }

    private void startIfActive() {
        if (state != State.WAITING || dial != null || !stream.isActive() || !application.isActive()) {
            return;
        }
        requireEventLoop(application);
        state = State.RELAYING;
        for (Half half : new Half[] {toStream, toApplication}) {
            while (!half.early.isEmpty()) {
                onRead(half, half.early.remove());
            }
            onReadComplete(half);
            if (half.ended || half.source.isInputShutdown()) {
                half.ended = false;
                onEnded(half);
            } else if (half.sink.isWritable()) {
                half.source.config().setAutoRead(true);
            } else {
                half.paused = true;
            }
        }
    }

    // ---- bytes

    private void onRead(Half half, Object message) {
        if (!(message instanceof ByteBuf bytes) || state.compareTo(State.RELAYING) > 0 || half.discarding) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (state == State.WAITING) {
            half.early.add(bytes);
            return;
        }
        if (half == toStream && toApplication.shut && peerFinLimitPassed()) {
            bytes.release();
            beginClose(RelayEnd.PEER_GONE, null);
            return;
        }
        if (half == toApplication && applicationBroke != null) {
            bytes.release();
            return;
        }
        moved();
        half.bytes += bytes.readableBytes();
        half.pendingWrites++;
        half.unflushed = true;
        half.sink.write(bytes).addListener(half.written);
        if (!half.sink.isWritable()) {
            pause(half);
        }
    }

    private boolean peerFinLimitPassed() {
        return options.peerFinLimitMs() != RelayOptions.NO_LIMIT
                && nowNs() - peerFinForwardedNs >= TimeUnit.MILLISECONDS.toNanos(options.peerFinLimitMs());
    }

    private static void onReadComplete(Half half) {
        if (half.unflushed) {
            half.unflushed = false;
            half.sink.flush();
        }
    }

    private void onWritabilityChanged(Half half) {
        if (!half.sink.isWritable()) {
            pause(half);
        } else if (half.paused) {
            half.paused = false;
            if (state == State.RELAYING && !half.ended) {
                half.source.config().setAutoRead(true);
            }
        }
    }

    private void pause(Half half) {
        if (!half.paused && !half.discarding && state == State.RELAYING) {
            half.paused = true;
            half.source.config().setAutoRead(false);
        }
    }

    private void onWritten(Half half, ChannelFuture written) {
        half.pendingWrites--;
        moved();
        Throwable failed = written.cause();
        if (failed != null && state == State.RELAYING && !half.discarding) {
            if (half.sink == application) {
                onApplicationBroke(failed);
            } else {
                // The peer may still be sending; whether the stream is over shows in its own events.
                discardToStream(failed);
            }
        }
        if (half.pendingWrites == 0) {
            onDrained(half);
        }
    }

    // ---- ends of the two directions

    private void onEnded(Half half) {
        if (half.ended) {
            return;
        }
        half.ended = true;
        onReadComplete(half);
        if (state != State.RELAYING) {
            return;
        }
        Throwable broke = applicationBroke;
        if (half == toStream && broke != null) {
            onApplicationFailed(broke);
            return;
        }
        lastMoveNs = nowNs();
        if (half == toStream && options.finPolicy() == FinPolicy.HOLD_FIN && !toApplication.ended && !half.discarding) {
            holding = true;
        }
        if (half == toApplication && holding) {
            holding = false;
            onDrained(toStream);
        }
        onDrained(half);
        armTimer();
    }

    /** Everything read was written: passes the end of input on, or closes. */
    private void onDrained(Half half) {
        if (state == State.CLOSING) {
            finishIfDrained();
            return;
        }
        if (state != State.RELAYING || !half.ended || half.shutting || (half.pendingWrites > 0 && !half.discarding)) {
            return;
        }
        if (half == toStream && holding) {
            return;
        }
        half.shutting = true;
        if (half.discarding) {
            onShut(half);
            return;
        }
        half.sink.shutdownOutput().addListener(shut -> onShut(half));
    }

    private void onShut(Half half) {
        half.shut = true;
        if (half == toApplication) {
            peerFinForwardedNs = nowNs();
        }
        if (state != State.RELAYING) {
            return;
        }
        if (toStream.shut && toApplication.shut) {
            closeBoth();
        } else if (half == toApplication && !stream.isOpen()) {
            lingerAfterStreamClose();
        } else {
            armTimer();
        }
    }

    // ---- closed and broken channels

    private void onStreamClosed() {
        onStreamOver(null);
        finishIfDrained();
        reportIfOver();
    }

    /** The stream was closed by the peer, or broke with an error. */
    private void onStreamOver(@Nullable Throwable failed) {
        if (state == State.WAITING) {
            beginClose(failed == null ? RelayEnd.STREAM_CLOSED : RelayEnd.STREAM_FAILED, failed);
        } else if (state == State.RELAYING) {
            if (isReset(failed)) {
                beginClose(RelayEnd.STREAM_RESET, failed);
                return;
            }
            if (failed != null && !toApplication.ended) {
                beginClose(RelayEnd.STREAM_FAILED, failed);
                return;
            }
            // Nothing is missing of what the peer sent: the application gets all of it and an orderly end.
            discardToStream(failed);
            stream.close();
            onEnded(toApplication);
            if (toApplication.shut) {
                lingerAfterStreamClose();
            }
        }
    }

    private static boolean isReset(@Nullable Throwable failed) {
        return failed instanceof SmuxStreamException stream && stream.kind() == SmuxStreamException.Kind.RESET;
    }

    /**
     * The peer reads no more, so what the application sends is dropped from now on. It is still read: closing a TCP socket
     * with unread data would reset it, and destroy what the application has not read yet.
     */
    private void discardToStream(@Nullable Throwable failed) {
        if (toStream.discarding || state != State.RELAYING) {
            return;
        }
        if (!toStream.shutting) {
            end = RelayEnd.STREAM_CLOSED;
            cause = failed;
        }
        toStream.discarding = true;
        toStream.paused = false;
        if (toStream.ended) {
            holding = false;
            onDrained(toStream);
        } else {
            application.config().setAutoRead(true);
        }
    }

    private void lingerAfterStreamClose() {
        if (toStream.ended || !application.isOpen()) {
            closeBoth();
            return;
        }
        lastMoveNs = nowNs();
        armTimer();
    }

    private void onApplicationClosed() {
        if (state == State.RELAYING) {
            onApplicationFailed(null);
        } else if (state == State.WAITING && dial == null) {
            beginClose(RelayEnd.DIAL_FAILED, null);
        }
        finishIfDrained();
        reportIfOver();
    }

    /**
     * The application's socket cannot be written: most often it was reset, and maybe the application had answered before, as
     * those do that refuse a request before they have read all of it. That answer can still be read.
     */
    private void onApplicationBroke(Throwable failed) {
        if (toStream.ended || toStream.discarding || !application.isOpen()) {
            onApplicationFailed(failed);
        } else if (applicationBroke == null) {
            applicationBroke = failed;
            stream.config().setAutoRead(false);
            if (!toStream.paused) {
                application.config().setAutoRead(true);
            }
            lastMoveNs = nowNs();
            armTimer();
        }
    }

    private void onApplicationFailed(@Nullable Throwable failed) {
        if (toStream.discarding) {
            closeBoth();
        } else {
            beginClose(RelayEnd.APPLICATION_FAILED, failed);
        }
    }

    private void onException(Half fromSide, Throwable failed) {
        if (state == State.CLOSING || state == State.CLOSED) {
            LOG.debug("error on a channel that is being closed", failed);
        } else if (fromSide == toStream) {
            onApplicationFailed(failed);
        } else {
            onStreamOver(failed);
        }
    }

    // ---- closing

    private void beginClose(RelayEnd why, @Nullable Throwable failed) {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        end = why;
        cause = failed;
        state = State.CLOSING;
        stream.config().setAutoRead(false);
        application.config().setAutoRead(false);
        onReadComplete(toStream);
        onReadComplete(toApplication);
        lastMoveNs = nowNs();
        finishIfDrained();
        if (state == State.CLOSING) {
            armTimer();
        }
    }

    private void finishIfDrained() {
        if (state != State.CLOSING) {
            return;
        }
        boolean streamDrained = !stream.isOpen() || toStream.pendingWrites == 0;
        // A reset destroys what is on its way to the application anyway, unless the end is our own decision.
        boolean applicationDrained =
                end != RelayEnd.CLOSED_HERE || !application.isOpen() || toApplication.pendingWrites == 0;
        if (streamDrained && applicationDrained) {
            closeBoth();
        }
    }

    private void closeBoth() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (!toApplication.shut && application.isActive()) {
            resetOnClose(application);
        }
        if (end.cutsOffThePeer() && !(toStream.shut && toApplication.ended) && stream.isActive()) {
            resetOnClose(stream);
        }
        releaseEarly(toStream);
        releaseEarly(toApplication);
        application.close();
        stream.close();
        reportIfOver();
    }

    private static void releaseEarly(Half half) {
        while (!half.early.isEmpty()) {
            half.early.remove().release();
        }
    }

    private static void resetOnClose(DuplexChannel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (RuntimeException e) {
            // The socket is gone already, which is what was wanted.
            LOG.debug("cannot reset {}", channel, e);
        }
    }

    private void reportIfOver() {
        if (reported || state != State.CLOSED || stream.isOpen() || application.isOpen()) {
            return;
        }
        reported = true;
        RelayResult result = new RelayResult(end, cause, nowNs() - startNs, toStream.bytes, toApplication.bytes);
        try {
            listener.relayEnded(result);
        } catch (RuntimeException e) {
            LOG.error("the listener of a relay failed", e);
        }
    }

    // ---- time limits, needed only when a direction has ended or is broken, or the relay is closing

    private boolean timed() {
        return state == State.CLOSING || toStream.ended || toApplication.ended || applicationBroke != null;
    }

    private void moved() {
        if (timed()) {
            lastMoveNs = nowNs();
        }
    }

    /** Milliseconds without progress that are allowed in the present situation. */
    private long allowedIdleMs() {
        if (state == State.CLOSING || lingering()) {
            return options.stallMs();
        }
        if (applicationBroke != null) {
            return BROKEN_MS;
        }
        long allowedMs = options.halfOpenIdleMs();
        if (waitingForSilentPeer()) {
            allowedMs = Math.min(allowedMs, options.closeWaitMs());
        }
        if (stalledAfterPeerFin()) {
            allowedMs = Math.min(allowedMs, options.peerFinStallMs());
        }
        return allowedMs;
    }

    /** The stream is closed and the application has been told; its own end of input is waited for. */
    private boolean lingering() {
        return toStream.discarding && toApplication.shut;
    }

    private boolean waitingForSilentPeer() {
        return options.finPolicy() == FinPolicy.HOLD_FIN
                && toStream.ended
                && !toApplication.ended
                && toApplication.pendingWrites == 0;
    }

    private boolean stalledAfterPeerFin() {
        return toApplication.ended && toStream.pendingWrites > 0;
    }

    private void armTimer() {
        if (!timed() || state == State.CLOSED) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        long shortestNs = TimeUnit.MILLISECONDS.toNanos(shortestLimitMs());
        long leftNs = shortestNs - (nowNs() - lastMoveNs);
        long delayNs = leftNs > 0 ? leftNs : Math.max(shortestNs, MIN_CHECK_NS);
        // One loop in life; a channel in memory has its own, which ends with it.
        Channel open = stream.isOpen() ? stream : application;
        timer = open.eventLoop().schedule(this::onTimer, delayNs, TimeUnit.NANOSECONDS);
    }

    /** The least that {@link #allowedIdleMs()} can become before the next change of phase. */
    private long shortestLimitMs() {
        if (applicationBroke != null) {
            return Math.min(options.stallMs(), BROKEN_MS);
        }
        long limitMs = Math.min(options.stallMs(), options.halfOpenIdleMs());
        limitMs = Math.min(limitMs, options.peerFinStallMs());
        return options.finPolicy() == FinPolicy.HOLD_FIN ? Math.min(limitMs, options.closeWaitMs()) : limitMs;
    }

    private void onTimer() {
        timer = null;
        if (state == State.CLOSED) {
            return;
        }
        long idleNs = nowNs() - lastMoveNs;
        if (idleNs < TimeUnit.MILLISECONDS.toNanos(allowedIdleMs())) {
            armTimer();
        } else if (state == State.CLOSING || lingering()) {
            closeBoth();
        } else if (applicationBroke != null) {
            onApplicationFailed(applicationBroke);
        } else if (waitingForSilentPeer() && holding) {
            holding = false;
            lastMoveNs = nowNs();
            onDrained(toStream);
            armTimer();
        } else if (waitingForSilentPeer()) {
            giveUp(RelayEnd.HOLD_EXPIRED);
        } else if (stalledAfterPeerFin()) {
            giveUp(RelayEnd.PEER_GONE);
        } else {
            giveUp(RelayEnd.IDLE);
        }
    }

    /** Closes without waiting any longer for what did not move; resets the application unless it has been told the end. */
    private void giveUp(RelayEnd why) {
        end = why;
        closeBoth();
    }

    private long nowNs() {
        return stream.eventLoop().ticker().nanoTime();
    }

    /** One direction. */
    private final class Half {
        final DuplexChannel source;
        final DuplexChannel sink;
        final ChannelFutureListener written = future -> onWritten(this, future);

        long bytes;
        int pendingWrites;

        /** The source has no more input. */
        boolean ended;
        /** The end of the sink's output was asked for. */
        boolean shutting;
        /** The sink's output has ended. */
        boolean shut;
        /** The source is not read because the sink is full. */
        boolean paused;
        /** What is read is dropped. */
        boolean discarding;

        boolean unflushed;

        /** What was read before both channels were active: at most the one read that was under way at the join. */
        final Queue<ByteBuf> early = new ArrayDeque<>(0);

        Half(DuplexChannel source, DuplexChannel sink) {
            this.source = source;
            this.sink = sink;
        }
    }

    /** Sits at the end of one channel's pipeline. */
    private final class Side extends ChannelInboundHandlerAdapter {
        private final Half outgoing;
        private final Half incoming;

        /**
         * A channel's side.
         *
         * @param outgoing the direction that this channel is the source of
         * @param incoming the direction that this channel is the sink of
         */
        Side(Half outgoing, Half incoming) {
            this.outgoing = outgoing;
            this.incoming = incoming;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            startIfActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            onRead(outgoing, message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            onReadComplete(outgoing);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            onWritabilityChanged(incoming);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                onEnded(outgoing);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable failed) {
            onException(outgoing, failed);
        }
    }
}
