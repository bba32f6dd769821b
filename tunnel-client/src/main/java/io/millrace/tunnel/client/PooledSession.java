package io.millrace.tunnel.client;

import io.millrace.kcp.KcpChannel;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxStreamChannel;
import io.millrace.tunnel.session.OrderlyClose;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;

/** A session of the pool: KCP, and smux on top of it. Used on its event loop. */
final class PooledSession implements SlotPolicy.Session {
    /** How long what was sent may take to be acknowledged when the session ends. */
    private static final long DRAIN_MS = 1500;

    private final KcpChannel channel;
    private final SmuxSessionHandler smux;
    private final PoolLog log;

    PooledSession(KcpChannel channel, SmuxSessionHandler smux, PoolLog log) {
        this.channel = channel;
        this.smux = smux;
        this.log = log;
    }

    KcpChannel channel() {
        return channel;
    }

    /** It is in use, or has been: its log lines are wanted. */
    void announce() {
        log.announce(channel);
    }

    Future<SmuxStreamChannel> openStream(ChannelHandler initializer) {
        return smux.openStream(initializer);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen() && !smux.isClosed();
    }

    @Override
    public int streams() {
        return smux.streamCount();
    }

    @Override
    public boolean hasFreeIds() {
        return smux.hasFreeIds();
    }

    @Override
    public boolean isHeard() {
        return channel.isHeard();
    }

    @Override
    public int msSinceHeard() {
        return channel.msSinceHeard();
    }

    @Override
    public int silenceMs() {
        return channel.silenceMs();
    }

    @Override
    public int rtoMs() {
        return channel.session().kcp().rtoMs();
    }

    @Override
    public void begin() {
        smux.sendKeepAlive();
    }

    @Override
    public void askForSign() {
        channel.askForSign();
    }

    @Override
    public void close() {
        closeOrderly();
    }

    /** Streams get their end, what was sent gets its time to be acknowledged. */
    Future<Void> closeOrderly() {
        return OrderlyClose.of(channel, smux, DRAIN_MS);
    }

    @Override
    public void abandon() {
        channel.close();
    }

    @Override
    public String toString() {
        return channel.localAddress() + " -> " + channel.remoteAddress();
    }
}
