package io.millrace.kcp;

import io.millrace.kcp.arq.Kcp;
import io.millrace.kcp.arq.Kcp.FlushMode;
import io.millrace.kcp.session.BurstOutput;
import io.millrace.kcp.session.KcpSession;
import io.millrace.kcp.wire.PacketBurst;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A KCP session as a byte-stream channel. Its parent is the datagram channel, whose event loop it shares. It carries
 * {@link ByteBuf}s, is active from the start (KCP has no handshake) and ends only by being closed on this side: KCP has
 * no close message, so whoever speaks above must notice a dead peer.
 *
 * <p>Writability is honest: bytes leave the outbound buffer only as fast as the windows of the session let them be sent
 * at once, so what is queued can still be scheduled by its writer. Closing sends what the session has taken and abandons
 * the rest; await {@link #drained} first for an orderly end.
 */
public final class KcpChannel extends AbstractChannel {
    /** On a datagram channel whose socket knows no address: what to take for its local address. */
    public static final AttributeKey<InetSocketAddress> LOCAL_ADDRESS =
            AttributeKey.valueOf(KcpChannel.class, "LOCAL_ADDRESS");

    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    /** One read event hands out at most this much before others on the loop have their turn. */
    private static final int MAX_READ_BYTES = 256 * 1024;
    /** Size of one buffer that is handed out. */
    private static final int READ_BUFFER_BYTES = 64 * 1024;
    /** What waits outside of the windows; more would only delay interactive streams behind bulk ones. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);
    /** When to try again to send what could not be, through a fault of ours. */
    private static final int AFTER_FAILURE_MS = 500;
    /** One flush sends about this much at most before the socket is looked at again, for acknowledgements may have come. */
    private static final int MAX_FLUSH_BYTES = 4 * 1024 * 1024;
    /**
     * One flush takes this much new data at most. The rest of the window is for the next turn of the event loop, which first takes
     * the acknowledgements that have come meanwhile: a large window is not filled just because much data waits. Less makes
     * several busy streams slower.
     */
    static final int MAX_TAKEN_BYTES = 1024 * 1024;

    private final KcpDatagramHandler owner;
    private final InetSocketAddress remoteAddress;
    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final KcpSession session;
    private final WakeUp wakeUp;
    private final Runnable deliverTask = this::deliverLater;
    private final Runnable flushTask = this::flushNow;
    private final Runnable pullTask = this::pullNow;

    private boolean open = true;
    private boolean readPending;
    private boolean delivering;
    private boolean deliverScheduled;
    private boolean flushScheduled;
    /** Input of a batch is being taken; flushing waits for its end. */
    private boolean inBatch;
    /** Bytes were given to the session since the last flush. */
    private boolean dataQueued;
    /** How many of them. */
    private int takenBytes;
    /** The window would have let more be taken. */
    private boolean moreToTake;

    private boolean pullScheduled;
    /** What the present flush has sent. */
    private int flushedBytes;
    /** On the owner's list of sessions that got a packet in this batch. */
    boolean touched;
    /** On the owner's list of sessions that wait for the datagram channel. */
    boolean blocked;

    private @Nullable Future<?> beginLimit;
    private CloseReason closeReason = CloseReason.LOCAL;
    private @Nullable Promise<Void> drainPromise;

    KcpChannel(KcpDatagramHandler owner, InetSocketAddress remoteAddress, int conv) {
        super(owner.channel());
        this.owner = owner;
        this.remoteAddress = remoteAddress;
        config.setWriteBufferWaterMark(WATER_MARK);
        config.setAllocator(PooledByteBufAllocator.DEFAULT); // as DatagramOptions
        this.session = new KcpSession(conv, owner.config(), owner.shared(), new Output(), owner.nowMs());
        this.wakeUp = new WakeUp(owner.channel().eventLoop(), this::onWakeUp);
    }

    /** Conversation id. */
    public int conv() {
        return session.kcp().conv();
    }

    /** The session's counters and getters; use it on the event loop and only to look. */
    public KcpSession session() {
        return session;
    }

    /** The counters of the datagram channel that the session lives on. */
    public DatagramCounters datagramCounters() {
        return owner.counters();
    }

    /** Whether the peer has ever answered; see {@link Kcp#isHeard}. Event loop, as the next three. */
    public boolean isHeard() {
        return session.kcp().isHeard();
    }

    /** Milliseconds since the peer was last heard; see {@link Kcp#msSinceHeard}. */
    public int msSinceHeard() {
        return session.kcp().msSinceHeard(owner.nowMs());
    }

    /** For how many milliseconds the peer has owed an answer; see {@link Kcp#silenceMs}. */
    public int silenceMs() {
        return session.kcp().silenceMs(owner.nowMs());
    }

    /** Sends a packet at once that a living peer answers; see {@link Kcp#askForSign}. */
    public void askForSign() {
        if (open) {
            session.kcp().askForSign(owner.nowMs());
            flushSession();
        }
    }

    /**
     * Completes when all that was written has been acknowledged by the peer, or the channel is closed. Any thread.
     */
    public Future<Void> drained() {
        Promise<Void> promise = eventLoop().newPromise();
        if (eventLoop().inEventLoop()) {
            awaitDrained(promise);
        } else {
            eventLoop().execute(() -> awaitDrained(promise));
        }
        return promise;
    }

    private void awaitDrained(Promise<Void> promise) {
        Promise<Void> present = drainPromise;
        if (present != null) {
            present.addListener(f -> promise.trySuccess(null));
            return;
        }
        drainPromise = promise;
        completeDrainIfDone();
    }

    private void completeDrainIfDone() {
        Promise<Void> promise = drainPromise;
        if (promise != null) {
            ChannelOutboundBuffer outbound = unsafe().outboundBuffer();
            boolean empty = outbound == null || outbound.isEmpty();
            if (!open || (empty && session.kcp().waitingSegments() == 0)) {
                drainPromise = null;
                promise.trySuccess(null);
            }
        }
    }

    // What the owner calls.

    /** Takes one deciphered packet of a batch; {@link #onBatchEnd} follows. */
    void onPacket(byte[] bytes, int offset, int length, int nowMs) {
        inBatch = true;
        session.input(bytes, offset, length, nowMs);
    }

    /** Hands received bytes on, takes what the windows now have room for, and sends once. */
    void onBatchEnd() {
        if (!open) {
            return;
        }
        try {
            if (session.fecAgreement().takeNews()) {
                owner.listener().fecDiffers(this);
            }
            deliver();
            pullWrites();
        } finally {
            inBatch = false;
            flushSession();
        }
    }

    /** The datagram channel can take packets again. */
    void onUnblocked() {
        if (open) {
            pullWrites();
            flushSession();
        }
    }

    /** Closes the session after that time if nothing has arrived in order until then. */
    void mustBeginWithin(long timeoutMs) {
        if (open) {
            beginLimit =
                    owner.channel().eventLoop().schedule(this::closeIfNeverBegan, timeoutMs, TimeUnit.MILLISECONDS);
        }
    }

    private void closeIfNeverBegan() {
        if (!session.kcp().hasReceivedInOrder()) {
            close(CloseReason.NEVER_BEGAN);
        }
    }

    void close(CloseReason reason) {
        if (open) {
            closeReason = reason;
            unsafe().close(unsafe().voidPromise());
        }
    }

    private void onWakeUp() {
        if (open) {
            if (session.isPaced()) {
                pullWrites();
            }
            flushSession();
        }
    }

    /** Lets {@link #doWrite} move bytes from the outbound buffer into the session. */
    private void pullWrites() {
        ((KcpUnsafe) unsafe()).resumeWrites();
    }

    private void flushSession() {
        if (!open || inBatch) {
            return;
        }
        if (!owner.canSend()) {
            owner.addBlocked(this);
            return;
        }
        try {
            flushDue(owner.nowMs());
        } catch (RuntimeException | OutOfMemoryError failure) {
            owner.listener().internalError(failure);
            wakeUp.within(AFTER_FAILURE_MS); // else nothing would be sent again before the peer is heard
        }
        completeDrainIfDone();
    }

    private void flushDue(int nowMs) {
        FlushMode mode = session.flushWanted();
        if (dataQueued || session.msUntilFlush(nowMs) == 0) {
            mode = FlushMode.FULL;
        }
        dataQueued = false;
        takenBytes = 0;
        if (moreToTake) {
            moreToTake = false;
            pullLater();
        }
        if (mode != FlushMode.NONE) {
            flushedBytes = 0;
            session.flush(mode, nowMs);
            owner.flushDatagrams();
            if (flushedBytes >= MAX_FLUSH_BYTES) {
                eventLoop().execute(flushTask);
                return;
            }
            if (session.isPaced() && hasUntaken() && session.sendCapacityBytes() > 0) {
                pullLater(); // the pace lets more leave than it had room for before
            }
        }
        wakeUp.within(session.msUntilFlush(nowMs));
    }

    /** Flushes once for all that is written in this turn of the event loop: fuller segments, longer bursts. */
    private void flushLater() {
        if (!flushScheduled) {
            flushScheduled = true;
            if (eventLoop() instanceof SingleThreadEventLoop loop) {
                loop.executeAfterEventLoopIteration(flushTask);
            } else {
                eventLoop().execute(flushTask);
            }
        }
    }

    private boolean hasUntaken() {
        ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
        return waiting != null && waiting.current() != null;
    }

    private void pullLater() {
        if (!pullScheduled) {
            pullScheduled = true;
            eventLoop().execute(pullTask);
        }
    }

    private void pullNow() {
        pullScheduled = false;
        if (open) {
            pullWrites();
        }
    }

    private void flushNow() {
        flushScheduled = false;
        flushSession();
    }

    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            int delivered = 0;
            while (open && readPending && session.readableBytes() > 0 && delivered < MAX_READ_BYTES) {
                do {
                    ByteBuf buffer = alloc().ioBuffer(Math.min(session.readableBytes(), READ_BUFFER_BYTES));
                    readPending = false; // not before there is a buffer, else the demand would be lost with it
                    session.read(buffer);
                    delivered += buffer.readableBytes();
                    pipeline().fireChannelRead(buffer);
                } while (open && session.readableBytes() > 0 && delivered < MAX_READ_BYTES && config.isAutoRead());
                pipeline().fireChannelReadComplete();
            }
        } finally {
            delivering = false;
        }
        if (open && readPending && session.readableBytes() > 0) {
            scheduleDeliver();
        }
    }

    private void scheduleDeliver() {
        if (!deliverScheduled) {
            deliverScheduled = true;
            eventLoop().execute(deliverTask);
        }
    }

    private void deliverLater() {
        deliverScheduled = false;
        if (open) {
            deliver();
            flushSession(); // reading may have reopened the window
        }
    }

    // AbstractChannel.

    @Override
    public DatagramChannel parent() {
        return (DatagramChannel) super.parent();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new KcpUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop == parent().eventLoop();
    }

    @Override
    protected SocketAddress localAddress0() {
        InetSocketAddress told = parent().attr(LOCAL_ADDRESS).get();
        return told != null ? told : parent().localAddress();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remoteAddress;
    }

    @Override
    protected void doBind(SocketAddress localAddress) throws IOException {
        throw new IOException("a KCP session is bound with its datagram channel");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        if (!open) {
            return;
        }
        try {
            if (owner.canSend()) {
                flushedBytes = 0;
                session.flushLast(owner.nowMs()); // nothing else tells the peer. spec: kcp 5.6
                owner.flushDatagramsNow(); // the socket may not live to the end of the batch
            }
        } catch (RuntimeException | OutOfMemoryError failure) {
            owner.listener().internalError(failure);
        }
        open = false;
        wakeUp.cancel();
        Future<?> limit = beginLimit;
        if (limit != null) {
            limit.cancel(false); // it would keep the session in memory
        }
        session.release();
        owner.onSessionClosed(this, closeReason);
        completeDrainIfDone();
    }

    @Override
    protected void doBeginRead() {
        readPending = true;
        if (session.readableBytes() > 0 && !delivering) {
            scheduleDeliver();
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        ReferenceCountUtil.touch(message);
        throw new IllegalArgumentException(
                "a KCP session carries ByteBuf, not " + message.getClass().getName());
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer outbound) {
        for (Object message = outbound.current(); message != null; message = outbound.current()) {
            ByteBuf buffer = (ByteBuf) message;
            int readable = buffer.readableBytes();
            if (readable > 0) {
                int capacity = session.sendCapacityBytes();
                if (capacity == 0) {
                    break;
                }
                if (takenBytes >= MAX_TAKEN_BYTES) {
                    moreToTake = true;
                    break;
                }
                session.send(buffer, Math.min(capacity, MAX_TAKEN_BYTES - takenBytes));
                dataQueued = true;
                int taken = readable - buffer.readableBytes();
                takenBytes += taken;
                outbound.progress(taken);
            }
            if (!buffer.isReadable()) {
                outbound.remove();
            }
        }
        if (!inBatch) {
            flushLater();
        }
    }

    private final class Output implements BurstOutput {
        @Override
        public void send(PacketBurst burst) {
            flushedBytes += burst.totalBytes();
            owner.send(burst, remoteAddress);
        }

        @Override
        public boolean takesMore() {
            return flushedBytes < MAX_FLUSH_BYTES && owner.canSend();
        }
    }

    private final class KcpUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new IOException("a KCP session is connected from the start"));
        }

        void resumeWrites() {
            flush0();
        }
    }
}
