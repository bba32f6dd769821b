package io.millrace.kcp;

import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.session.SessionConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.function.Supplier;

/**
 * Opens client sessions, each on a UDP socket of its own. Opening needs no answer from the server; a dead one shows only
 * by its silence. spec: kcp 5.1
 */
public final class KcpClientBootstrap {
    private final SecureRandom random = new SecureRandom();
    private final DatagramDialer dialer;
    private final SessionConfig config;
    private final SharedByLoop shared;
    private final KcpListener listener;

    /**
     * Sessions over UDP.
     *
     * @param channelType the transport's datagram channel, with a constructor without parameters
     * @param ciphers makes a cipher of its own for each event loop
     */
    public KcpClientBootstrap(
            Class<? extends DatagramChannel> channelType,
            SessionConfig config,
            Supplier<? extends PacketCipher> ciphers,
            DatagramOptions options,
            KcpListener listener) {
        this((loop, server, handler) -> dialUdp(channelType, options, loop, handler), config, ciphers, listener);
    }

    /**
     * Sessions over the datagram channels that {@code dialer} opens.
     *
     * @param ciphers makes a cipher of its own for each event loop
     */
    public KcpClientBootstrap(
            DatagramDialer dialer,
            SessionConfig config,
            Supplier<? extends PacketCipher> ciphers,
            KcpListener listener) {
        this.dialer = dialer;
        this.config = config;
        this.shared = new SharedByLoop(config, ciphers);
        this.listener = listener;
    }

    private static Future<Channel> dialUdp(
            Class<? extends DatagramChannel> channelType,
            DatagramOptions options,
            EventLoop loop,
            ChannelHandler handler) {
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(channelType).handler(handler);
        options.apply(bootstrap, channelType);
        Promise<Channel> promise = loop.newPromise();
        bootstrap.bind(0).addListener((ChannelFutureListener) bound -> {
            if (bound.isSuccess()) {
                promise.setSuccess(bound.channel());
            } else {
                promise.setFailure(bound.cause());
            }
        });
        return promise;
    }

    /**
     * Opens a session with a random conversation id. Any thread. Whatever fails, the future does.
     *
     * @param loop runs the socket, the session and what lies above
     * @param server resolved address
     * @param initializer goes into the session's pipeline before it becomes active
     */
    public Future<KcpChannel> connect(EventLoop loop, InetSocketAddress server, ChannelHandler initializer) {
        return open(loop, server, initializer, listener);
    }

    /** The same with a listener of the session's own, which hears things before the common one. */
    public Future<KcpChannel> connect(
            EventLoop loop, InetSocketAddress server, ChannelHandler initializer, KcpListener ownListener) {
        return open(loop, server, initializer, KcpListener.both(ownListener, listener));
    }

    private Future<KcpChannel> open(
            EventLoop loop, InetSocketAddress server, ChannelHandler initializer, KcpListener told) {
        Promise<KcpChannel> promise = loop.newPromise();
        if (server.isUnresolved()) {
            return promise.setFailure(new java.net.UnknownHostException(server.getHostString()));
        }
        try {
            KcpClientHandler handler = new KcpClientHandler(server, config, shared.of(loop), told);
            dialer.dial(loop, server, handler).addListener(dialed -> {
                if (dialed.isSuccess()) {
                    begin(handler, server, initializer, promise);
                } else {
                    promise.setFailure(dialed.cause());
                }
            });
        } catch (RuntimeException | OutOfMemoryError failure) { // a cipher that is not to be had, for one
            promise.setFailure(failure);
        }
        return promise;
    }

    /** Makes the session of a socket that is open. */
    private void begin(
            KcpClientHandler handler,
            InetSocketAddress server,
            ChannelHandler initializer,
            Promise<KcpChannel> promise) {
        KcpChannel session;
        try {
            session = new KcpChannel(handler, server, random.nextInt());
            session.pipeline().addLast(initializer);
            handler.setSession(session);
            handler.open(session);
        } catch (RuntimeException | OutOfMemoryError failure) {
            handler.channel().close();
            promise.setFailure(failure);
            return;
        }
        promise.setSuccess(session);
    }
}
