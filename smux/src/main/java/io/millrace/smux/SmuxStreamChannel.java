package io.millrace.smux;

import io.millrace.smux.core.PayloadQueue;
import io.millrace.smux.core.ReadyRing;
import io.millrace.smux.core.ReceiveWindow;
import io.millrace.smux.core.SendWindow;
import io.millrace.smux.core.StreamState;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a session, carrying {@link ByteBuf}s. Its parent is the session's channel, and it lives on the parent's event
 * loop.
 *
 * <p><b>Reading.</b> Bytes count as consumed, which returns session budget and opens the peer's window, when they are passed
 * to the pipeline; they are passed only on demand (auto-read or {@code read()}). Who cannot take more must stop reading.
 *
 * <p><b>Writing.</b> A write succeeds when its last byte was handed to the transport. Pending bytes count against the
 * {@link io.netty.channel.ChannelOption#WRITE_BUFFER_WATER_MARK water mark}. Only {@link ByteBuf}s can be written.
 *
 * <p><b>Ends.</b> {@link #shutdownOutput()} sends FIN behind what was written. The peer's FIN, once all data was read, fires
 * {@link ChannelInputShutdownEvent} when the policy is {@link PeerFinPolicy#HALF_CLOSE} and
 * {@link io.netty.channel.ChannelOption#ALLOW_HALF_CLOSURE} is on (its default under that policy), and closes the stream
 * otherwise. {@link #close()} stops reading at once but first sends what was written, for at most
 * {@link SmuxLimits#closeLingerMs()}; until then the channel stays open and takes no more writes. With
 * {@link io.netty.channel.ChannelOption#SO_LINGER} 0 it resets the stream instead, as with TCP: nothing more is sent, and the peer
 * hears that it was no orderly end, if it is a Millrace; others take it for a FIN. A reset of the peer fires
 * {@link SmuxStreamException}; what came before and was not asked for is dropped. Loss of the session fires
 * {@link SmuxSessionException} before {@code channelInactive}; so does {@link SmuxSessionHandler#close()} while the peer has not
 * ended its direction. spec: smux 8, 21
 */
@SuppressWarnings("FutureReturnValueIgnored")
public final class SmuxStreamChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final String PEER_GONE = "the peer closed the stream and reads no more";

    final ReadyRing.Node<SmuxStreamChannel> controlNode = new ReadyRing.Node<>(this);
    final ReadyRing.Node<SmuxStreamChannel> dataNode = new ReadyRing.Node<>(this);
    final ReadyRing.Node<SmuxStreamChannel> deliveryNode = new ReadyRing.Node<>(this);
    final ReadyRing.Node<SmuxStreamChannel> readCompleteNode = new ReadyRing.Node<>(this);
    final StreamState state = new StreamState();
    final SendWindow sendWindow;
    final ReceiveWindow receiveWindow;
    final PayloadQueue inbound;
    boolean synPending;
    boolean updatePending;

    private final SmuxSessionHandler session;
    private final int streamId;
    private final boolean openedByPeer;
    private final SmuxStreamConfig config;
    private final long createdNanos;

    private boolean activated;
    private boolean readPending;
    /** The end of input was told to the pipeline. */
    private boolean inputEnded;
    /** The owner stopped reading for good: data is dropped, but counted as consumed. */
    private boolean inputDiscarded;
    /** Closed by the owner, while earlier writes still go out. */
    private boolean lingering;
    /** Closed with its session before its output had ended, which the peer must not take for an end. */
    private boolean cutOff;

    private long lingerStartNanos;
    private @Nullable ChannelPromise outputShutdown;
    private volatile boolean outputShutdownRequested;
    private volatile boolean inputShutdown;
    private volatile boolean closed;

    private long bytesIn;
    private long bytesOut;
    private long remoteFinNanos;
    private long progressNanos;
    /** Data waits for the peer's window since {@link #stalledNanos}. */
    private boolean stalled;

    private long stalledNanos;

    SmuxStreamChannel(SmuxSessionHandler session, Channel parent, int streamId, boolean openedByPeer) {
        super(parent);
        this.session = session;
        this.streamId = streamId;
        this.openedByPeer = openedByPeer;
        SmuxConfig settings = session.config();
        long startBytes = session.startBytes();
        sendWindow = new SendWindow(settings.version(), startBytes);
        receiveWindow = new ReceiveWindow(
                (int) settings.maxStreamBufferBytes(), settings.limits().receiveWindowSlackBytes(), startBytes);
        inbound = new PayloadQueue(parent.alloc());
        config = new SmuxStreamConfig(this, settings.peerFinPolicy() == PeerFinPolicy.HALF_CLOSE);
        createdNanos = session.nowNanos();
        progressNanos = createdNanos;
    }

    /** The stream id, unsigned. */
    public int streamId() {
        return streamId;
    }

    /** Whether the peer opened the stream. */
    public boolean isOpenedByPeer() {
        return openedByPeer;
    }

    /** The session this stream belongs to. */
    public SmuxSessionHandler session() {
        return session;
    }

    @Override
    public Channel parent() {
        Channel parent = super.parent();
        if (parent == null) {
            throw new IllegalStateException("a stream always has a parent");
        }
        return parent;
    }

    @Override
    public DuplexChannelConfig config() {
        return config;
    }

    // Life -----------------------------------------------------------------------------------------------------------

    /**
     * Sets the stream's pipeline up, registers it and tells it that it is active.
     *
     * @return why the handler could not be added, after which the stream is closed, or {@code null}
     */
    @Nullable
    RuntimeException activate(@Nullable ChannelHandler initializer) {
        activated = true;
        session.onStreamActivated(this);
        RuntimeException fault = null;
        if (initializer != null) {
            try {
                pipeline().addLast(initializer);
            } catch (RuntimeException e) {
                fault = e;
            }
        }
        parent().eventLoop().register(this);
        if (fault != null && !closed) {
            closeNow();
        }
        return fault;
    }

    /** Whether closing is to tell the peer that the stream was cut off. */
    boolean resetsPeer() {
        return (cutOff || config.isResetOnClose()) && !state.isRemoteReset();
    }

    boolean isActivated() {
        return activated;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isActive() {
        return !closed;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop == parent().eventLoop();
    }

    @Override
    protected SocketAddress localAddress0() {
        return parent().localAddress();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return parent().remoteAddress();
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new ChannelException("a stream has no address to bind");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        if (closed) {
            return;
        }
        closed = true;
        readPending = false;
        session.onStreamClosed(this);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    /** Closes without waiting for pending writes, which fail. */
    void closeNow() {
        ((StreamUnsafe) unsafe()).closeNow(newPromise());
    }

    /** Fails pending writes, tells the pipeline and closes. */
    void fail(IOException cause) {
        failPendingWrites(cause);
        if (!closed) {
            pipeline().fireExceptionCaught(cause);
        }
        if (!closed) {
            closeNow();
        }
    }

    /** The session is gone. Data that was asked for is still delivered. spec: smux 21.4 */
    void onSessionLost(SmuxSessionException cause) {
        if (activated && !lingering) {
            deliverData();
            completeRead();
        }
        if (closed) {
            return;
        }
        if (activated && !lingering) {
            fail(cause);
        } else {
            failPendingWrites(cause);
            closeNow();
        }
    }

    /** This side closes the session: what was written still goes out, but an end that has not come is none, here as there. */
    void closeWithSession(SmuxSessionException cause) {
        cutOff = !outputShutdownRequested;
        if (activated && !closed && !lingering && !inputEnded) {
            pipeline().fireExceptionCaught(cause);
        }
        if (!closed) {
            close();
        }
    }

    private void failPendingWrites(Throwable cause) {
        stalled = false;
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (out == null) {
            return;
        }
        out.addFlush();
        boolean more = true;
        while (more && unsafe().outboundBuffer() != null) {
            more = out.remove(cause);
        }
    }

    // Reading --------------------------------------------------------------------------------------------------------

    /** Whether inbound data is still wanted. */
    boolean acceptsData() {
        return !closed && !lingering && !inputEnded;
    }

    boolean discardsData() {
        return inputDiscarded;
    }

    void onDataReceived(int bytes) {
        bytesIn += bytes;
    }

    @Override
    protected void doBeginRead() {
        readPending = true;
        if (!inbound.isEmpty()) {
            session.deliver(this);
        }
    }

    /** Takes back demand that auto-read made. */
    void cancelRead() {
        if (!isRegistered()) {
            return;
        }
        if (eventLoop().inEventLoop()) {
            readPending = false;
        } else {
            eventLoop().execute(() -> {
                if (!config.isAutoRead()) {
                    readPending = false;
                }
            });
        }
    }

    /** Does what inbound frames and demand call for: registration, data, end of input. */
    void process(@Nullable ChannelHandler initializer) {
        if (closed) {
            return;
        }
        if (!activated) {
            RuntimeException fault = activate(initializer);
            if (fault != null) {
                session.onInitializerFault(fault);
            }
        }
        if (!closed && !lingering) {
            deliverData();
        }
        if (!closed && state.isRemoteReset()) {
            completeRead();
            onReset();
        }
        if (!closed && state.isRemoteFinReceived()) {
            onInputMayEnd();
        }
    }

    private void onReset() {
        if (lingering) {
            closeNow();
        } else {
            fail(new SmuxStreamException(SmuxStreamException.Kind.RESET, "the stream was reset by the peer"));
        }
    }

    private void deliverData() {
        while (readPending && !closed && !lingering) {
            ByteBuf data = inbound.poll();
            if (data == null) {
                return;
            }
            if (!config.isAutoRead()) {
                readPending = false;
            }
            session.onConsumed(this, data.readableBytes());
            session.readCompletes(this);
            pipeline().fireChannelRead(data);
        }
    }

    private void completeRead() {
        if (readCompleteNode.isLinked()) {
            session.readCompleted(this);
            fireReadComplete();
        }
    }

    /** Ends a batch of reads. */
    void fireReadComplete() {
        if (!closed) {
            pipeline().fireChannelReadComplete();
        }
    }

    private void onInputMayEnd() {
        boolean fullClose = session.config().peerFinPolicy() == PeerFinPolicy.FULL_CLOSE;
        if (lingering) {
            if (fullClose || state.isRemoteGone()) {
                closeNow();
            }
            return;
        }
        if (!inputEnded && inbound.isEmpty()) {
            inputEnded = true;
            completeRead();
            if (closed || lingering) {
                return;
            }
            endInput(fullClose);
        }
        if (!closed && state.isRemoteGone()) {
            if (inputEnded) {
                closeNow();
            } else {
                failPendingWrites(new SmuxStreamException(SmuxStreamException.Kind.PEER_CLOSED, PEER_GONE));
            }
        }
    }

    private void endInput(boolean fullClose) {
        if (fullClose) {
            closeNow();
        } else if (!config.isAllowHalfClosure()) {
            unsafe().close(newPromise());
        } else {
            inputShutdown = true;
            pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            if (!closed && state.isLocalFinSent()) {
                closeNow();
            }
        }
    }

    void onRemoteFin() {
        remoteFinNanos = session.nowNanos();
    }

    // Writing --------------------------------------------------------------------------------------------------------

    @Override
    protected Object filterOutboundMessage(Object msg) throws Exception {
        if (outputShutdownRequested) {
            throw new ChannelOutputShutdownException("the output of the stream was shut down");
        }
        if (state.isRemoteGone()) {
            throw new SmuxStreamException(SmuxStreamException.Kind.PEER_CLOSED, PEER_GONE);
        }
        if (msg instanceof ByteBuf) {
            return msg;
        }
        throw new IllegalArgumentException(
                "cannot write " + StringUtil.simpleClassName(msg) + " to a stream: only ByteBuf");
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        wantToSend();
    }

    private void wantToSend() {
        if (stalled && sendWindow.availableBytes() == 0) {
            return;
        }
        session.sendData(this);
    }

    /** The peer's window changed. */
    void onWindowUpdate() {
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (out != null && !out.isEmpty()) {
            session.sendData(this);
        }
    }

    /**
     * Sends one data frame.
     *
     * @return whether the stream wants another turn
     */
    boolean sendFrame(FrameWriter writer, int maxFrameBytes, boolean moreToCome) {
        ByteBuf message = nextMessage();
        if (message == null) {
            finishOutput();
            return false;
        }
        int readable = message.readableBytes();
        int frameBytes = sendWindow.frameBytes(Math.min(readable, maxFrameBytes));
        if (frameBytes == 0) {
            if (!stalled) {
                stalled = true;
                stalledNanos = session.nowNanos();
                session.watch();
            }
            return false;
        }
        stalled = false;
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (frameBytes == readable && frameBytes <= FrameWriter.COPY_BYTES) {
            sendSmall(writer, out, message, frameBytes, maxFrameBytes, moreToCome);
        } else {
            onSent(frameBytes);
            if (frameBytes == readable) {
                writer.data(streamId, message.retain());
                if (unsafe().outboundBuffer() == out) {
                    out.remove();
                }
            } else {
                writer.data(streamId, message.readRetainedSlice(frameBytes));
                if (unsafe().outboundBuffer() == out) {
                    out.progress(frameBytes);
                }
            }
        }
        out = unsafe().outboundBuffer();
        if (out == null) {
            return false;
        }
        if (out.isEmpty()) {
            finishOutput();
            return false;
        }
        return true;
    }

    /** Puts as many small messages into one frame as follow each other and fit. */
    private void sendSmall(
            FrameWriter writer,
            ChannelOutboundBuffer out,
            ByteBuf first,
            int firstBytes,
            int maxFrameBytes,
            boolean moreToCome) {
        long limit = Math.min(maxFrameBytes, sendWindow.availableBytes());
        boolean more = moreToCome || out.size() > 1;
        writer.beginSmallData(streamId, firstBytes, more);
        int total = 0;
        ByteBuf message = first;
        while (true) {
            int bytes = message.readableBytes();
            writer.addSmallData(message, bytes);
            total += bytes;
            // Runs listeners, which may do anything, closing this stream included.
            out.remove();
            if (unsafe().outboundBuffer() != out) {
                break;
            }
            ByteBuf next = (ByteBuf) out.current();
            if (next == null
                    || next.readableBytes() > FrameWriter.COPY_BYTES
                    || total + next.readableBytes() > limit
                    || !writer.hasRoom(next.readableBytes())) {
                break;
            }
            message = next;
        }
        writer.endSmallData(total);
        onSent(total);
    }

    private void onSent(int bytes) {
        sendWindow.onSent(bytes);
        bytesOut += bytes;
        progressNanos = session.turnNanos();
    }

    /** The next flushed message that has bytes; empty ones are done at once. */
    private @Nullable ByteBuf nextMessage() {
        while (true) {
            ChannelOutboundBuffer out = unsafe().outboundBuffer();
            if (out == null) {
                return null;
            }
            ByteBuf message = (ByteBuf) out.current();
            if (message == null || message.isReadable()) {
                return message;
            }
            out.remove();
        }
    }

    /** All that was written is out: sends the FIN that waited for it. */
    private void finishOutput() {
        if (closed) {
            return;
        }
        if (lingering) {
            closeNow();
            return;
        }
        ChannelPromise promise = outputShutdown;
        if (promise != null && state.sendFin()) {
            session.sendFin(this);
            ((StreamUnsafe) unsafe()).endOutput(promise);
            if (!closed && inputEnded) {
                closeNow();
            }
        }
    }

    @Override
    public boolean isWritable() {
        return !outputShutdownRequested && super.isWritable();
    }

    // Half closing ---------------------------------------------------------------------------------------------------

    @Override
    public boolean isInputShutdown() {
        return inputShutdown || closed;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    /** Drops what was and will be received; the peer is not told and keeps its window. */
    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        if (eventLoop().inEventLoop()) {
            shutdownInput0(promise);
        } else {
            eventLoop().execute(() -> shutdownInput0(promise));
        }
        return promise;
    }

    private void shutdownInput0(ChannelPromise promise) {
        if (closed || lingering) {
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        inputShutdown = true;
        inputDiscarded = true;
        session.onInputDiscarded(this);
        promise.trySuccess();
        if (state.isRemoteFinReceived()) {
            session.deliver(this);
        }
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdownRequested || closed;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    /** Sends FIN behind everything written before; done when the FIN is on its way. */
    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        if (eventLoop().inEventLoop()) {
            shutdownOutput0(promise);
        } else {
            eventLoop().execute(() -> shutdownOutput0(promise));
        }
        return promise;
    }

    private void shutdownOutput0(ChannelPromise promise) {
        ChannelPromise running = outputShutdown;
        if (running != null) {
            running.addListener((ChannelFutureListener) done -> follow(done, promise));
            return;
        }
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (closed || lingering || out == null) {
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        outputShutdown = promise;
        outputShutdownRequested = true;
        out.addFlush();
        if (out.isEmpty()) {
            finishOutput();
        } else {
            wantToSend();
        }
    }

    private static void follow(ChannelFuture done, ChannelPromise promise) {
        if (done.isSuccess()) {
            promise.trySuccess();
        } else {
            promise.tryFailure(done.cause());
        }
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    /** Both shutdowns; done when the FIN is on its way. */
    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput();
        return shutdownOutput(promise);
    }

    /** Fails the shutdown that can no longer happen. */
    void onClosedBeforeShutdown() {
        ChannelPromise promise = outputShutdown;
        if (promise != null && !promise.isDone()) {
            promise.tryFailure(new ClosedChannelException());
        }
    }

    // Guards ---------------------------------------------------------------------------------------------------------

    /**
     * Looks whether a time limit has passed.
     *
     * @return whether the stream needs to be looked at again later
     */
    boolean checkTimeouts(long nowNanos, SmuxLimits limits) {
        if (closed) {
            return false;
        }
        if (lingering) {
            if (isOver(nowNanos, lingerStartNanos, limits.closeLingerMs())) {
                closeNow();
                return false;
            }
            return true;
        }
        boolean watched = stalled;
        if (state.isRemoteFinReceived()) {
            watched = true;
            if (stalled && isOver(nowNanos, Math.max(stalledNanos, remoteFinNanos), limits.halfCloseStallMs())) {
                onPeerGone(new SmuxStreamException(
                        SmuxStreamException.Kind.PEER_CLOSED,
                        "the peer sent FIN and opened its window no more: taken for a full close"));
                return false;
            }
            if (inputEnded && isOver(nowNanos, Math.max(progressNanos, remoteFinNanos), limits.halfCloseLingerMs())) {
                fail(new SmuxStreamException(
                        SmuxStreamException.Kind.PEER_CLOSED,
                        "nothing was sent for " + limits.halfCloseLingerMs() + " ms after the peer's FIN"));
                return false;
            }
        } else if (stalled && isOver(nowNanos, stalledNanos, limits.writeStallTimeoutMs())) {
            fail(new SmuxStreamException(
                    SmuxStreamException.Kind.WRITE_STALLED,
                    "the peer opened no window for " + limits.writeStallTimeoutMs() + " ms"));
            return false;
        }
        if (openedByPeer && bytesIn == 0 && bytesOut == 0 && limits.unusedStreamTimeoutMs() > 0) {
            if (isOver(nowNanos, createdNanos, limits.unusedStreamTimeoutMs())) {
                fail(new SmuxStreamException(
                        SmuxStreamException.Kind.NEVER_USED,
                        "no byte in " + limits.unusedStreamTimeoutMs() + " ms since the stream was opened"));
                return false;
            }
            watched = true;
        }
        return watched;
    }

    /** The peer turned out to be gone: nothing more is sent, but what it sent before stays readable. */
    private void onPeerGone(SmuxStreamException cause) {
        if (inputEnded) {
            fail(cause);
        } else {
            state.receiveFin();
            failPendingWrites(cause);
        }
    }

    private static boolean isOver(long nowNanos, long sinceNanos, long limitMs) {
        return limitMs > 0 && nowNanos - sinceNanos >= limitMs * 1_000_000L;
    }

    long bytesIn() {
        return bytesIn;
    }

    long bytesOut() {
        return bytesOut;
    }

    private final class StreamUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
            promise.tryFailure(new AlreadyConnectedException());
        }

        @Override
        public void close(ChannelPromise promise) {
            ChannelOutboundBuffer out = outboundBuffer();
            boolean pending = out != null && out.totalPendingWriteBytes() > 0;
            if (closed || !pending || !session.lingers() || state.isRemoteGone() || config.isResetOnClose()) {
                closeNow(promise);
                return;
            }
            closeFuture().addListener((ChannelFutureListener) done -> promise.trySuccess());
            if (lingering) {
                return;
            }
            lingering = true;
            outputShutdownRequested = true;
            readPending = false;
            session.onLingering(SmuxStreamChannel.this);
            lingerStartNanos = session.nowNanos();
            out.addFlush();
            wantToSend();
        }

        void closeNow(ChannelPromise promise) {
            super.close(promise);
            onClosedBeforeShutdown();
        }

        void endOutput(ChannelPromise promise) {
            shutdownOutput(promise);
        }
    }

    @Override
    protected void doShutdownOutput() {
        // The FIN is queued by finishOutput().
    }
}
