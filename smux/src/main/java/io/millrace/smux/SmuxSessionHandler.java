package io.millrace.smux;

import io.millrace.smux.core.FrameDecoder;
import io.millrace.smux.core.FrameHeader;
import io.millrace.smux.core.FrameViolation;
import io.millrace.smux.core.KeepAlive;
import io.millrace.smux.core.PayloadQueue;
import io.millrace.smux.core.PingSchedule;
import io.millrace.smux.core.ReadyRing;
import io.millrace.smux.core.ReceiveBudget;
import io.millrace.smux.core.SendScheduler;
import io.millrace.smux.core.SendShare;
import io.millrace.smux.core.StreamIds;
import io.millrace.smux.core.TokenRate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One smux session, as the last handler of a byte-stream channel. It decodes frames, routes them to
 * {@link SmuxStreamChannel}s, schedules what they send, keeps the session alive and guards it. One handler serves one channel.
 *
 * <p>While the receive budget is exhausted the handler turns the parent's auto-read off; nobody else may change it then. It
 * sends while the parent is writable, so the parent must report that honestly. It writes with void promises, so that handlers
 * between it and the transport must take them; failed writes come back as {@code exceptionCaught} and end the session. All that user code can hear is called on the
 * parent's event loop, never while a frame is being decoded. spec: smux 21
 *
 * <p>Work is done in turns: decode what has come in, pass it to the streams, end their batches of reads, send. A turn runs at
 * the end of each batch of input, when the parent becomes writable, and as a task of the event loop when a stream wants
 * something in between.
 */
@SuppressWarnings("FutureReturnValueIgnored")
public final class SmuxSessionHandler extends ChannelDuplexHandler {
    /** Input passed on before the end of a batch once that much is waiting; keeps it in the cache. */
    private static final int DELIVER_BYTES = 128 * 1024;
    /** Frames sent before the event loop gets its turn. */
    private static final int MAX_FRAMES_PER_TURN = 256;
    /** Times a turn is repeated because of what it caused itself, before the event loop gets its turn. */
    private static final int MAX_ROUNDS = 16;
    /** Period of the check for time limits, while there is any to check. */
    private static final long SWEEP_INTERVAL_MS = 500;

    private static final long TIMER_GRID_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long NANOS_PER_MS = 1_000_000L;
    /** The first eight bytes of a snappy framed stream, read as a header. spec: smux 14.2 */
    private static final long SNAPPY_HEADER = 0x50_61_4e_73_00_00_06_ffL;

    private final SmuxConfig config;
    private final SmuxLimits limits;
    private final boolean client;
    private final @Nullable ChannelHandler inboundInitializer;
    private final SmuxSessionListener listener;
    private final @Nullable SmuxMemoryLimit memory;

    private final FrameDecoder decoder;
    private final ReceiveBudget budget;
    private final KeepAlive keepAlive = new KeepAlive();
    private final TokenRate synRate;
    private final TokenRate refusalRate;
    private final SendScheduler<SmuxStreamChannel> scheduler = new SendScheduler<>();
    private final SendShare sendShare = new SendShare();
    private final ReadyRing<SmuxStreamChannel> deliveries = new ReadyRing<>();
    private final ReadyRing<SmuxStreamChannel> readCompletes = new ReadyRing<>();
    /** Streams by scrambled id, so that a peer cannot choose ids that collide. */
    private final IntObjectHashMap<SmuxStreamChannel> streams = new IntObjectHashMap<>();

    private final int idSalt = ThreadLocalRandom.current().nextInt();
    private final List<SmuxStreamChannel> scratch = new ArrayList<>();
    private final Runnable turnTask = this::runScheduledTurn;

    /** What the event loop needs once the handler is in a pipeline. */
    private static final class Attachment {
        final ChannelHandlerContext ctx;
        final Channel channel;
        final EventLoop loop;
        final Ticker ticker;
        final FrameWriter writer;
        /** Input that must wait until the budget opens. */
        final PayloadQueue input;

        Attachment(ChannelHandlerContext ctx, int version) {
            this.ctx = ctx;
            channel = ctx.channel();
            loop = channel.eventLoop();
            ticker = loop.ticker();
            writer = new FrameWriter(ctx, version);
            input = new PayloadQueue(ctx.alloc());
        }
    }

    /** The end of the session, recorded until the running turn is over. */
    private record Failure(
            SmuxCloseReason reason, String detail, @Nullable Throwable cause) {}

    private StreamIds ids;
    private volatile @Nullable Attachment attachment;
    private volatile int streamCount;
    private volatile boolean closed;
    private volatile boolean closing;

    private boolean started;
    private boolean closeRequested;
    private boolean lastWriteDone;
    private @Nullable Failure failure;
    private @Nullable SmuxSessionException closedBecause;

    private boolean inTurn;
    private boolean turnAgain;
    private boolean turnScheduled;
    private boolean paused;
    private boolean memoryBlocked;
    private int undeliveredBytes;
    private int peerStreams;
    private long reportedBytes;
    private long startBytes;
    private long turnNanos;
    private long closeStartNanos;
    private long streamlessSinceNanos;
    private long timeoutTickNanos;
    private long watchedFrame;
    private long watchedFrameNanos;
    private @Nullable SmuxStreamChannel lastFound;
    private @Nullable SmuxStreamChannel pushStream;

    /** Null while nothing is sent to keep the session alive. */
    private @Nullable PingSchedule pings;

    private @Nullable Future<?> pingTimer;
    private @Nullable Future<?> timeoutTimer;
    private @Nullable Future<?> idleTimer;
    private @Nullable Future<?> sweepTimer;

    private SmuxSessionHandler(
            boolean client,
            SmuxConfig config,
            @Nullable ChannelHandler inboundInitializer,
            SmuxSessionListener listener,
            @Nullable SmuxMemoryLimit memory) {
        this.client = client;
        this.config = config;
        this.inboundInitializer = inboundInitializer;
        this.listener = listener;
        this.memory = memory;
        limits = config.limits();
        decoder = new FrameDecoder(config.version(), new FrameRouter());
        ids = new StreamIds(client);
        budget = new ReceiveBudget(config.maxReceiveBufferBytes());
        synRate = new TokenRate(limits.synPerSecond(), limits.synBurst());
        refusalRate = new TokenRate(limits.refusalsPerSecond(), limits.refusalBurst());
    }

    /** A client session that refuses streams of the peer. */
    public static SmuxSessionHandler client(SmuxConfig config, SmuxSessionListener listener) {
        return new SmuxSessionHandler(true, config, null, listener, null);
    }

    /**
     * A client session.
     *
     * @param inboundInitializer set up in each stream the peer opens (so sharable, as channel initializers are), or {@code null}
     *     to refuse them
     * @param memory what it shares with other sessions, or {@code null}
     */
    public static SmuxSessionHandler client(
            SmuxConfig config,
            @Nullable ChannelHandler inboundInitializer,
            SmuxSessionListener listener,
            @Nullable SmuxMemoryLimit memory) {
        return new SmuxSessionHandler(true, config, inboundInitializer, listener, memory);
    }

    /** A server session; {@code inboundInitializer} is set up in each stream the peer opens. */
    public static SmuxSessionHandler server(
            SmuxConfig config, ChannelHandler inboundInitializer, SmuxSessionListener listener) {
        return new SmuxSessionHandler(false, config, inboundInitializer, listener, null);
    }

    /** A server session; see {@link #client(SmuxConfig, ChannelHandler, SmuxSessionListener, SmuxMemoryLimit)}. */
    public static SmuxSessionHandler server(
            SmuxConfig config,
            @Nullable ChannelHandler inboundInitializer,
            SmuxSessionListener listener,
            @Nullable SmuxMemoryLimit memory) {
        return new SmuxSessionHandler(false, config, inboundInitializer, listener, memory);
    }

    // For the owner --------------------------------------------------------------------------------------------------

    /**
     * Opens a stream; from any thread, once the parent is active. Done when the stream is active and its SYN is queued; there is
     * no answer to wait for. Fails with {@link SmuxSessionException} when the session is closed, with
     * {@link SmuxStreamException} when no stream id is left.
     */
    public Future<SmuxStreamChannel> openStream(ChannelHandler initializer) {
        Attachment at = attached();
        Promise<SmuxStreamChannel> promise = at.loop.newPromise();
        if (at.loop.inEventLoop()) {
            openStream(at, initializer, promise);
        } else {
            try {
                at.loop.execute(() -> openStream(at, initializer, promise));
            } catch (RejectedExecutionException e) {
                promise.tryFailure(new SmuxSessionException(
                        SmuxCloseReason.TRANSPORT_CLOSED, "the event loop of the session was shut down", e));
            }
        }
        return promise;
    }

    /** Streams open now; from any thread. */
    public int streamCount() {
        return streamCount;
    }

    /** Whether the session has ended or is being closed; from any thread. */
    public boolean isClosed() {
        return closed || closing;
    }

    /** Whether another stream can be opened here as far as ids go; there are 2147483647 of them. Event loop only. spec: smux 4 */
    public boolean hasFreeIds() {
        return ids.hasNext();
    }

    /** Whether this is the client's end. */
    public boolean isClient() {
        return client;
    }

    public SmuxConfig config() {
        return config;
    }

    /**
     * Ends the session in order; from any thread: every stream is closed with what it has written, then the transport, at the
     * latest after {@link SmuxLimits#closeLingerMs()}. Streams whose output has not ended are reset after that, so that the peer
     * does not take a cut transfer for a complete one. To end it at once, close the parent channel.
     *
     * @return the close future of the parent
     */
    public ChannelFuture close() {
        Attachment at = attached();
        if (at.loop.inEventLoop()) {
            closeOrderly(at);
        } else {
            try {
                at.loop.execute(() -> closeOrderly(at));
            } catch (RejectedExecutionException e) {
                at.channel.close();
            }
        }
        return at.channel.closeFuture();
    }

    /** Sends a keep-alive frame now, which a transport with acknowledgements can take for a probe. Event loop only. */
    public void sendKeepAlive() {
        scheduler.nop();
        turn();
    }

    private Attachment attached() {
        Attachment at = attachment;
        if (at == null) {
            throw new IllegalStateException("the session handler is not in a pipeline yet");
        }
        return at;
    }

    private void openStream(Attachment at, ChannelHandler initializer, Promise<SmuxStreamChannel> promise) {
        SmuxSessionException ended = closedBecause;
        if (ended != null || closing || failure != null || !started) {
            promise.tryFailure(ended != null ? ended : notOpen());
            return;
        }
        if (!ids.hasNext()) {
            promise.tryFailure(new SmuxStreamException(
                    SmuxStreamException.Kind.IDS_EXHAUSTED, "stream id overflows, should start a new connection"));
            return;
        }
        SmuxStreamChannel stream = new SmuxStreamChannel(this, at.channel, ids.next(), false);
        stream.synPending = true;
        register(stream);
        scheduler.controlReady(stream.controlNode);
        RuntimeException fault = stream.activate(initializer);
        if (fault != null) {
            promise.tryFailure(fault);
        } else if (stream.isOpen()) {
            promise.trySuccess(stream);
        } else {
            promise.tryFailure(new SmuxSessionException(
                    SmuxCloseReason.LOCAL_CLOSE, "the stream was closed while it was being opened", null));
        }
        scheduleTurn();
    }

    private SmuxSessionException notOpen() {
        return started
                ? new SmuxSessionException(SmuxCloseReason.LOCAL_CLOSE, "the session is being closed", null)
                : new SmuxSessionException(
                        SmuxCloseReason.TRANSPORT_CLOSED, "the transport of the session is not active yet", null);
    }

    private void closeOrderly(Attachment at) {
        if (closing || closed) {
            return;
        }
        closing = true;
        closeStartNanos = nowNanos();
        SmuxSessionException cause = notOpen();
        for (SmuxStreamChannel stream : streams()) {
            stream.closeWithSession(cause);
        }
        if (!at.channel.isActive()) {
            at.channel.close();
        }
        watch();
        scheduleTurn();
    }

    // Pipeline events ------------------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (attachment != null) {
            throw new IllegalStateException("a session handler serves one channel only");
        }
        if (ctx.executor() != ctx.channel().eventLoop()) {
            throw new IllegalStateException("a session handler must run on the event loop of its channel");
        }
        attachment = new Attachment(ctx, config.version());
        if (ctx.channel().isActive()) {
            start();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        fail(SmuxCloseReason.LOCAL_CLOSE, "the session handler was removed", null);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        start();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (closeRequested) {
            fail(SmuxCloseReason.LOCAL_CLOSE, "the transport was closed by this side", null);
        } else {
            String detail = "the transport ended" + silenceHint();
            fail(SmuxCloseReason.TRANSPORT_CLOSED, detail, null);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(SmuxCloseReason.TRANSPORT_ERROR, "transport error: " + cause, cause);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            fail(SmuxCloseReason.TRANSPORT_CLOSED, "the transport's input ended", null);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        closeRequested = true;
        ctx.close(promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf in)) {
            ctx.fireChannelRead(msg);
            return;
        }
        try {
            if (!closed && failure == null && in.isReadable()) {
                onInput(attached(), in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        turn();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        turn();
        ctx.fireChannelWritabilityChanged();
    }

    private void start() {
        if (started || closed) {
            return;
        }
        started = true;
        Attachment at = attached();
        streamlessSinceNanos = nowNanos();
        timeoutTickNanos = streamlessSinceNanos;
        if (!config.keepAliveDisabled()) {
            long intervalNs = TimeUnit.MILLISECONDS.toNanos(config.keepAliveIntervalMs());
            long timeoutNs = TimeUnit.MILLISECONDS.toNanos(config.keepAliveTimeoutMs());
            PingSchedule schedule = new PingSchedule(intervalNs, timeoutNs, !client, nowNanos());
            pings = schedule;
            schedulePing(at, schedule);
            timeoutTimer = every(at, config.keepAliveTimeoutMs(), this::onTimeoutTick);
        }
        if (limits.idleSessionTimeoutMs() > 0) {
            idleTimer = every(at, Math.max(1, limits.idleSessionTimeoutMs() / 2), this::onIdleTick);
        }
    }

    private static Future<?> every(Attachment at, long periodMs, Runnable task) {
        long periodNs = TimeUnit.MILLISECONDS.toNanos(periodMs);
        return at.loop.scheduleAtFixedRate(task, onGrid(at, periodNs, periodNs), periodNs, TimeUnit.NANOSECONDS);
    }

    /** At that time or at the next of a common grid, so that what many sessions do at rest takes few wake-ups. */
    private static long onGrid(Attachment at, long delayNs, long periodNs) {
        long gridNs = Math.min(TIMER_GRID_NS, periodNs);
        long dueNs = at.ticker.nanoTime() - at.ticker.initialNanoTime() + delayNs;
        return delayNs + Math.floorMod(-dueNs, gridNs);
    }

    private void schedulePing(Attachment at, PingSchedule schedule) {
        long delayNs = Math.max(0, schedule.dueNs() - nowNanos());
        long periodNs = TimeUnit.MILLISECONDS.toNanos(config.keepAliveIntervalMs());
        pingTimer =
                at.loop.schedule(() -> onPingTimer(at, schedule), onGrid(at, delayNs, periodNs), TimeUnit.NANOSECONDS);
    }

    /** Nobody answers a NOP; but if ours is nearly due, it leaves in this turn. */
    private void onPeerPing() {
        PingSchedule schedule = pings;
        if (schedule != null && schedule.onPeerPing(nowNanos())) {
            scheduler.nop();
        }
    }

    private void onPingTimer(Attachment at, PingSchedule schedule) {
        if (closed) {
            return;
        }
        boolean due = schedule.poll(nowNanos());
        schedulePing(at, schedule);
        if (due) {
            sendKeepAlive();
        }
    }

    // Turns ----------------------------------------------------------------------------------------------------------

    private void onInput(Attachment at, ByteBuf in) {
        keepAlive.onActivity();
        if (inTurn) {
            hold(at, in);
            turnAgain = true;
            return;
        }
        inTurn = true;
        try {
            blockOnMemory();
            if (at.input.isEmpty()) {
                decode(in);
            }
            hold(at, in);
            if (failure != null || !at.input.isEmpty() || undeliveredBytes >= DELIVER_BYTES) {
                takeInput(at);
            }
        } catch (Throwable t) {
            recordFault(t);
        } finally {
            inTurn = false;
        }
        settle(at);
    }

    private void runScheduledTurn() {
        turnScheduled = false;
        turn();
    }

    /** Does all there is to do; see the class comment. */
    private void turn() {
        Attachment at = attachment;
        if (at == null || closed || !started) {
            return;
        }
        if (inTurn) {
            turnAgain = true;
            return;
        }
        inTurn = true;
        try {
            turnNanos = nowNanos();
            boolean yield = false;
            int rounds = 0;
            do {
                turnAgain = false;
                takeInput(at);
                if (failure == null) {
                    completeReads();
                }
                if (failure == null) {
                    yield = send(at);
                }
            } while (turnAgain && !yield && failure == null && ++rounds < MAX_ROUNDS);
            if (turnAgain || yield) {
                executeTurn(at);
            }
            watchFrame();
        } catch (Throwable t) {
            recordFault(t);
        } finally {
            inTurn = false;
            turnAgain = false;
        }
        settle(at);
    }

    /** Asks for a turn soon. */
    private void scheduleTurn() {
        if (inTurn) {
            turnAgain = true;
            return;
        }
        Attachment at = attachment;
        if (at != null && !closed) {
            executeTurn(at);
        }
    }

    private void executeTurn(Attachment at) {
        if (turnScheduled) {
            return;
        }
        try {
            at.loop.execute(turnTask);
            turnScheduled = true;
        } catch (RejectedExecutionException e) {
            // The loop is shutting down; it closes the channel, which ends the session.
            turnScheduled = false;
        }
    }

    /** Notes since when the frame that is not complete has been coming in. */
    private void watchFrame() {
        if (failure == null && decoder.isMidFrame() && limits.frameTimeoutMs() > 0) {
            if (decoder.framesStarted() != watchedFrame) {
                watchedFrame = decoder.framesStarted();
                watchedFrameNanos = turnNanos;
            }
            watch();
        }
    }

    /** After a turn: ends the session if it failed, else stops or resumes reading. */
    private void settle(Attachment at) {
        if (closed) {
            return;
        }
        Failure failed = failure;
        if (failed != null) {
            terminate(at, failed);
            return;
        }
        reportMemory(at);
        boolean stop = !at.input.isEmpty() || (!mayStartFrame() && !decoder.isMidFrame());
        if (stop && memoryBlocked) {
            watch(); // the other sessions do not tell when they have given some back
        }
        if (stop != paused) {
            paused = stop;
            if (!stop) {
                keepAlive.onActivity();
            }
            at.channel.config().setAutoRead(!stop);
        }
        finishOrderlyClose(at);
    }

    private void finishOrderlyClose(Attachment at) {
        if (closing && !closed && !lastWriteDone && streams.isEmpty() && scheduler.isIdle()) {
            lastWriteDone = true;
            at.ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener)
                    done -> fail(SmuxCloseReason.LOCAL_CLOSE, "closed by this side", null));
        }
    }

    private void decode(ByteBuf in) {
        if (!decoder.decode(in)) {
            FrameViolation violation = decoder.violation();
            if (violation != null) {
                onViolation(violation, decoder.lastHeader());
            }
        }
    }

    private void hold(Attachment at, ByteBuf in) {
        int bytes = in.readableBytes();
        if (bytes == 0 || failure != null) {
            return;
        }
        at.input.add(in, bytes);
        if (at.input.queuedBytes() > limits.maxUndecodedBytes()) {
            fail(
                    SmuxCloseReason.INPUT_OVERRUN,
                    "the transport delivered " + at.input.queuedBytes() + " bytes while reading was stopped",
                    null);
        }
    }

    /** Decodes held input as far as the budget goes and passes data on, which opens the budget again. */
    private void takeInput(Attachment at) {
        while (true) {
            blockOnMemory();
            while (failure == null && !at.input.isEmpty() && (decoder.isMidFrame() || mayStartFrame())) {
                ByteBuf first = at.input.peek();
                if (first == null) {
                    break;
                }
                int before = first.readableBytes();
                decode(first);
                at.input.consumed(before - first.readableBytes());
            }
            undeliveredBytes = 0;
            for (SmuxStreamChannel s = deliveries.poll(); s != null; s = deliveries.poll()) {
                s.process(inboundInitializer);
            }
            blockOnMemory();
            if (failure != null || at.input.isEmpty() || !mayStartFrame()) {
                return;
            }
        }
    }

    private void completeReads() {
        for (SmuxStreamChannel s = readCompletes.poll(); s != null; s = readCompletes.poll()) {
            s.fireReadComplete();
        }
    }

    /** Sends while there is something and the parent takes it; returns whether it stopped only to yield. */
    private boolean send(Attachment at) {
        FrameWriter writer = at.writer;
        boolean yield = false;
        int frames = 0;
        while (failure == null) {
            if (frames++ >= MAX_FRAMES_PER_TURN) {
                yield = true;
                break;
            }
            SendScheduler.Turn turn = scheduler.next(at.channel.isWritable());
            if (turn == SendScheduler.Turn.NOTHING) {
                break;
            }
            switch (turn) {
                case CONTROL -> sendControl(writer, scheduler.stream());
                case RESET -> {
                    // Who does not know the first takes the second for a full or a half close. spec: smux 8.5
                    writer.control(FrameHeader.NOP, scheduler.endedId(), true);
                    writer.control(FrameHeader.FIN, scheduler.endedId(), scheduler.hasMore());
                }
                case FIN -> writer.control(FrameHeader.FIN, scheduler.endedId(), scheduler.hasMore());
                case NOP -> writer.control(FrameHeader.NOP, 0, scheduler.hasMore());
                default -> frames += sendShareOf(scheduler.stream(), writer);
            }
        }
        if (writer.finish()) {
            at.ctx.flush();
        }
        return yield;
    }

    /** Sends a stream's share and returns how many frames it took besides the first. */
    private int sendShareOf(SmuxStreamChannel stream, FrameWriter writer) {
        long before = stream.bytesOut();
        int frames = 0;
        boolean more = stream.sendFrame(writer, config.maxFrameBytes(), scheduler.hasMore());
        // A share that was begun is finished, though the transport is full: it is what a few milliseconds carry at
        // most.
        while (more && stream.bytesOut() - before < sendShare.bytes()) {
            more = stream.sendFrame(writer, config.maxFrameBytes(), scheduler.hasMore());
            frames++;
        }
        sendShare.onSent(stream.bytesOut() - before, turnNanos);
        if (more) {
            scheduler.dataReady(stream.dataNode);
        }
        return frames;
    }

    private void sendControl(FrameWriter writer, SmuxStreamChannel stream) {
        boolean more = scheduler.hasMore();
        if (stream.synPending) {
            stream.synPending = false;
            writer.control(FrameHeader.SYN, stream.streamId(), more);
        }
        if (stream.updatePending) {
            stream.updatePending = false;
            writer.update(stream.streamId(), stream.receiveWindow.announce(), stream.receiveWindow.windowBytes(), more);
        }
    }

    // What streams ask for -------------------------------------------------------------------------------------------

    void deliver(SmuxStreamChannel stream) {
        deliveries.add(stream.deliveryNode);
        scheduleTurn();
    }

    void sendData(SmuxStreamChannel stream) {
        scheduler.dataReady(stream.dataNode);
        scheduleTurn();
    }

    void sendFin(SmuxStreamChannel stream) {
        if (!scheduler.fin(stream.streamId())) {
            fail(SmuxCloseReason.CONTROL_BACKLOG, "the transport takes no FINs; too many wait", null);
        }
        scheduleTurn();
    }

    private void sendReset(SmuxStreamChannel stream) {
        if (!scheduler.reset(stream.streamId())) {
            fail(SmuxCloseReason.CONTROL_BACKLOG, "the transport takes no resets; too many wait", null);
        }
    }

    void readCompletes(SmuxStreamChannel stream) {
        readCompletes.add(stream.readCompleteNode);
    }

    void readCompleted(SmuxStreamChannel stream) {
        readCompletes.remove(stream.readCompleteNode);
    }

    /** The one place where queued bytes turn into consumed ones. spec: smux 21.2 */
    void onConsumed(SmuxStreamChannel stream, long bytes) {
        budget.giveBack(bytes);
        countConsumed(stream, bytes);
    }

    /** The owner stopped reading for good; what it has not read is dropped, which may let the session read on. */
    void onInputDiscarded(SmuxStreamChannel stream) {
        onConsumed(stream, stream.inbound.clear());
        scheduleTurn();
    }

    private void countConsumed(SmuxStreamChannel stream, long bytes) {
        if (stream.receiveWindow.onConsumed(bytes) && config.version() == 2 && !stream.updatePending && !closed) {
            stream.updatePending = true;
            scheduler.controlReady(stream.controlNode);
            scheduleTurn();
        }
    }

    /** The owner closed the stream, whose writes still go out; what it has not read is dropped. */
    void onLingering(SmuxStreamChannel stream) {
        dropInbound(stream);
        watch();
        scheduleTurn();
    }

    void onStreamActivated(SmuxStreamChannel stream) {
        try {
            listener.streamOpened(this, stream.streamId(), stream.isOpenedByPeer());
        } catch (RuntimeException e) {
            onListenerFault(e);
        }
    }

    /** A handler given for streams of the peer cannot be used; that is for the owner of the parent to hear. */
    void onInitializerFault(RuntimeException fault) {
        attached().ctx.fireExceptionCaught(fault);
    }

    void onStreamClosed(SmuxStreamChannel stream) {
        dropInbound(stream);
        deliveries.remove(stream.deliveryNode);
        readCompletes.remove(stream.readCompleteNode);
        scheduler.forget(stream.controlNode, stream.dataNode);
        boolean finOwed = stream.state.close();
        streams.remove(scramble(stream.streamId()));
        streamCount = streams.size();
        if (stream.isOpenedByPeer()) {
            peerStreams--;
        }
        if (stream.equals(lastFound)) {
            lastFound = null;
        }
        if (streams.isEmpty() && limits.idleSessionTimeoutMs() > 0) {
            streamlessSinceNanos = nowNanos();
        }
        // A stream whose SYN never went out is unknown to the peer and needs no end.
        if (!closed && !stream.synPending) {
            if (stream.resetsPeer()) {
                sendReset(stream);
            } else if (finOwed && !stream.state.isRemoteReset()) {
                sendFin(stream);
            }
        }
        if (stream.isActivated()) {
            try {
                listener.streamClosed(this, stream.streamId(), stream.bytesIn(), stream.bytesOut());
            } catch (RuntimeException e) {
                onListenerFault(e);
            }
        }
        scheduleTurn();
    }

    boolean lingers() {
        return !closed && failure == null && limits.closeLingerMs() > 0;
    }

    /** Arms the check for time limits. */
    void watch() {
        Attachment at = attachment;
        if (sweepTimer == null && at != null && !closed) {
            sweepTimer = at.loop.schedule(this::sweep, SWEEP_INTERVAL_MS, TimeUnit.MILLISECONDS);
        }
    }

    long nowNanos() {
        return attached().ticker.nanoTime();
    }

    /** The time at which the running turn began. */
    long turnNanos() {
        return turnNanos;
    }

    /** Where counters of new streams start; 0 but in tests of wrap-around. */
    long startBytes() {
        return startBytes;
    }

    void startBytes(long bytes) {
        startBytes = bytes;
    }

    /** For tests of exhaustion: the next stream opened here gets the id after {@code lastUsed}. */
    void idsAfter(long lastUsed) {
        ids = new StreamIds(client, lastUsed);
    }

    ReceiveBudget budget() {
        return budget;
    }

    long undecodedBytes() {
        return attached().input.queuedBytes();
    }

    /** Open streams, in no order. */
    List<SmuxStreamChannel> streams() {
        return List.of(streams.values().toArray(SmuxStreamChannel[]::new));
    }

    private void dropInbound(SmuxStreamChannel stream) {
        budget.giveBack(stream.inbound.clear());
    }

    // Inbound frames -------------------------------------------------------------------------------------------------

    private boolean mayStartFrame() {
        return failure == null && !closed && budget.isOpen() && !memoryBlocked;
    }

    /** Routes frames; calls nothing of the streams' users. */
    private final class FrameRouter implements FrameDecoder.Sink {
        @Override
        public boolean mayStartFrame() {
            return SmuxSessionHandler.this.mayStartFrame();
        }

        @Override
        public void onSyn(int streamId) {
            if (ids.isOwn(streamId)) {
                fail(
                        SmuxCloseReason.OWN_STREAM_ID,
                        "the peer opened stream " + Integer.toUnsignedString(streamId)
                                + ", an id of this side: are both ends " + (client ? "clients?" : "servers?"),
                        null);
            } else if (find(streamId) != null) {
                dropped(SmuxDropReason.DUPLICATE_SYN, streamId);
            } else if (inboundInitializer == null
                    || closing
                    || peerStreams >= limits.maxPeerStreams()
                    || !synRate.tryTake(nowNanos())) {
                refuse(streamId);
            } else {
                SmuxStreamChannel stream =
                        new SmuxStreamChannel(SmuxSessionHandler.this, attached().channel, streamId, true);
                peerStreams++;
                register(stream);
                deliveries.add(stream.deliveryNode);
                if (limits.unusedStreamTimeoutMs() > 0) {
                    watch();
                }
            }
        }

        @Override
        public void onFin(int streamId) {
            SmuxStreamChannel stream = find(streamId);
            if (stream == null) {
                dropped(SmuxDropReason.UNKNOWN_STREAM, streamId);
            } else if (stream.state.isRemoteGone()) {
                dropped(SmuxDropReason.REPEATED_FIN, streamId);
            } else {
                if (stream.state.receiveFin()) {
                    stream.onRemoteFin();
                    watch();
                }
                deliveries.add(stream.deliveryNode);
            }
        }

        @Override
        public void onNop(int streamId) {
            if (streamId == 0) {
                onPeerPing(); // any inbound byte counts as activity already
                return;
            }
            SmuxStreamChannel stream = find(streamId);
            if (stream == null) {
                dropped(SmuxDropReason.UNKNOWN_STREAM, streamId);
            } else {
                stream.state.receiveReset();
                deliveries.add(stream.deliveryNode);
            }
        }

        @Override
        public void onUpdate(int streamId, int consumed, int window) {
            SmuxStreamChannel stream = find(streamId);
            if (stream == null) {
                dropped(SmuxDropReason.UNKNOWN_STREAM, streamId);
                return;
            }
            switch (stream.sendWindow.onUpdate(consumed, window)) {
                case ACCEPTED -> stream.onWindowUpdate();
                case STALE -> dropped(SmuxDropReason.STALE_UPDATE, streamId);
                case BEYOND_SENT ->
                    fail(
                            SmuxCloseReason.PEER_CONSUMED_TOO_MUCH,
                            "peer consumed more than sent on stream " + Integer.toUnsignedString(streamId),
                            null);
            }
        }

        @Override
        public void onPush(int streamId, int lengthBytes) {
            pushStream = null;
            if (lengthBytes == 0) {
                dropped(SmuxDropReason.EMPTY_DATA, streamId);
                return;
            }
            SmuxStreamChannel stream = find(streamId);
            if (stream == null) {
                dropped(SmuxDropReason.UNKNOWN_STREAM, streamId);
            } else if (!stream.acceptsData()) {
                dropped(SmuxDropReason.NOT_READING, streamId);
            } else if (config.version() == 2 && !stream.receiveWindow.onReceived(lengthBytes)) {
                fail(
                        SmuxCloseReason.RECEIVE_WINDOW_EXCEEDED,
                        "the peer sent more than its window on stream " + Integer.toUnsignedString(streamId),
                        null);
            } else {
                pushStream = stream;
            }
        }

        @Override
        public void onData(ByteBuf in, int lengthBytes) {
            SmuxStreamChannel stream = pushStream;
            if (stream == null || !stream.acceptsData()) {
                in.skipBytes(lengthBytes);
                return;
            }
            stream.onDataReceived(lengthBytes);
            if (stream.discardsData()) {
                in.skipBytes(lengthBytes);
                countConsumed(stream, lengthBytes);
                return;
            }
            stream.inbound.add(in, lengthBytes);
            budget.charge(lengthBytes);
            undeliveredBytes += lengthBytes;
            deliveries.add(stream.deliveryNode);
        }
    }

    private void refuse(int streamId) {
        dropped(SmuxDropReason.STREAM_REFUSED, streamId);
        if (!refusalRate.tryTake(nowNanos()) || !scheduler.fin(streamId)) {
            fail(
                    SmuxCloseReason.STREAM_FLOOD,
                    "the peer goes on opening streams beyond the limits (" + limits.maxPeerStreams() + " at once, "
                            + limits.synPerSecond() + " a second)",
                    null);
        }
    }

    private void onViolation(FrameViolation violation, long header) {
        String version = Integer.toString(config.version());
        switch (violation) {
            case WRONG_VERSION -> {
                String what = decoder.framesStarted() == 1 ? "the first frame" : "a frame";
                String hint = header == SNAPPY_HEADER
                        ? "the peer has snappy compression on (nocomp off) and this side does not"
                        : what + " has version " + FrameHeader.version(header) + " instead of " + version
                                + ": do smux version, compression and key match?";
                fail(SmuxCloseReason.VERSION_MISMATCH, hint, null);
            }
            case UNKNOWN_COMMAND ->
                fail(
                        SmuxCloseReason.UNKNOWN_COMMAND,
                        "a frame has command " + FrameHeader.command(header) + ", and 0..4 exist",
                        null);
            case UNEXPECTED_PAYLOAD ->
                fail(
                        SmuxCloseReason.UNEXPECTED_PAYLOAD,
                        "a frame of command " + FrameHeader.command(header) + " has a payload of "
                                + FrameHeader.length(header) + " bytes instead of none",
                        null);
            case UPDATE_ON_VERSION_1 ->
                fail(SmuxCloseReason.UPDATE_ON_VERSION_1, "a window update in a session of version 1", null);
            case BAD_UPDATE_LENGTH ->
                fail(
                        SmuxCloseReason.BAD_UPDATE_LENGTH,
                        "a window update of " + FrameHeader.length(header) + " bytes instead of 8",
                        null);
        }
    }

    private void dropped(SmuxDropReason reason, int streamId) {
        try {
            listener.frameDropped(this, reason, streamId);
        } catch (RuntimeException e) {
            onListenerFault(e);
        }
    }

    private @Nullable SmuxStreamChannel find(int streamId) {
        SmuxStreamChannel last = lastFound;
        if (last != null && last.streamId() == streamId) {
            return last;
        }
        SmuxStreamChannel stream = streams.get(scramble(streamId));
        if (stream != null) {
            lastFound = stream;
        }
        return stream;
    }

    private void register(SmuxStreamChannel stream) {
        streams.put(scramble(stream.streamId()), stream);
        streamCount = streams.size();
    }

    /** A bijection that depends on the session's salt. */
    private int scramble(int streamId) {
        int h = streamId ^ idSalt;
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }

    // Memory shared with other sessions ------------------------------------------------------------------------------

    private void blockOnMemory() {
        SmuxMemoryLimit shared = memory;
        memoryBlocked = shared != null && budget.queuedBytes() > 0 && shared.isExhausted();
    }

    private void reportMemory(Attachment at) {
        SmuxMemoryLimit shared = memory;
        if (shared == null) {
            return;
        }
        long held = closed ? 0 : budget.queuedBytes() + at.input.queuedBytes();
        if (held != reportedBytes) {
            shared.add(held - reportedBytes);
            reportedBytes = held;
        }
    }

    // Time -----------------------------------------------------------------------------------------------------------

    private void onTimeoutTick() {
        if (!isOver(timeoutTickNanos, config.keepAliveTimeoutMs() / 2)) {
            return; // the program stood still, and makes up for missed ticks: the peer has had no time
        }
        timeoutTickNanos = nowNanos();
        boolean notReading = !budget.isOpen() || memoryBlocked;
        if (keepAlive.onTimeoutTick(notReading)) {
            fail(
                    SmuxCloseReason.KEEP_ALIVE_TIMEOUT,
                    "nothing was received for " + config.keepAliveTimeoutMs() + " ms" + silenceHint(),
                    null);
        }
    }

    private String silenceHint() {
        return keepAlive.isEverActive() ? "" : "; no inbound frame at all - version, key or compression mismatch?";
    }

    private void onIdleTick() {
        if (streams.isEmpty() && isOver(streamlessSinceNanos, limits.idleSessionTimeoutMs())) {
            fail(
                    SmuxCloseReason.IDLE_TIMEOUT,
                    "the session had no streams for " + limits.idleSessionTimeoutMs() + " ms",
                    null);
        }
    }

    /** Checks all time limits that are not the keep-alive's. */
    private void sweep() {
        sweepTimer = null;
        if (closed) {
            return;
        }
        long now = nowNanos();
        if (closing && isOver(closeStartNanos, limits.closeLingerMs())) {
            fail(SmuxCloseReason.LOCAL_CLOSE, "closed by this side before all streams could end in order", null);
            return;
        }
        boolean midFrame = decoder.isMidFrame() && decoder.framesStarted() == watchedFrame;
        if (midFrame && limits.frameTimeoutMs() > 0 && isOver(watchedFrameNanos, limits.frameTimeoutMs())) {
            fail(
                    SmuxCloseReason.FRAME_TIMEOUT,
                    "a frame was begun and not completed within " + limits.frameTimeoutMs() + " ms",
                    null);
            return;
        }
        boolean again = closing || memoryBlocked || (midFrame && limits.frameTimeoutMs() > 0);
        scratch.addAll(streams.values());
        for (int i = 0; i < scratch.size(); i++) {
            again |= scratch.get(i).checkTimeouts(now, limits);
        }
        scratch.clear();
        if (again) {
            watch();
        }
        turn();
    }

    private boolean isOver(long sinceNanos, long limitMs) {
        return nowNanos() - sinceNanos >= limitMs * NANOS_PER_MS;
    }

    // The end --------------------------------------------------------------------------------------------------------

    /** Ends the session, at once or when the running turn is over. The first reason counts. */
    private void fail(SmuxCloseReason reason, String detail, @Nullable Throwable cause) {
        if (closed || failure != null) {
            return;
        }
        Failure failed = new Failure(reason, detail, cause);
        failure = failed;
        Attachment at = attachment;
        if (!inTurn && at != null) {
            // Data that has come in before goes to the streams first.
            inTurn = true;
            try {
                takeInput(at);
            } finally {
                inTurn = false;
                terminate(at, failed);
            }
        }
    }

    private void recordFault(Throwable fault) {
        if (failure == null) {
            failure = new Failure(SmuxCloseReason.INTERNAL_ERROR, "internal error: " + fault, fault);
        }
    }

    private void onListenerFault(RuntimeException fault) {
        fail(SmuxCloseReason.INTERNAL_ERROR, "the session's listener failed: " + fault, fault);
    }

    private void terminate(Attachment at, Failure failed) {
        if (closed) {
            return;
        }
        SmuxSessionException exception = new SmuxSessionException(failed.reason(), failed.detail(), failed.cause());
        closedBecause = exception;
        closed = true;
        cancel(pingTimer);
        cancel(timeoutTimer);
        cancel(idleTimer);
        cancel(sweepTimer);
        at.writer.discard();
        at.input.clear();
        for (SmuxStreamChannel stream : streams()) {
            stream.onSessionLost(exception);
        }
        reportMemory(at);
        try {
            listener.sessionClosed(this, failed.reason(), failed.detail(), failed.cause());
        } finally {
            if (at.channel.isOpen()) {
                at.ctx.close();
            }
        }
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
