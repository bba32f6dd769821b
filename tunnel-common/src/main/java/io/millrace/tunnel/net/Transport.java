package io.millrace.tunnel.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A family of Netty channels and the event loops they need. All channels of one program come from one transport, since a
 * channel runs only on a loop of its own kind.
 */
public enum Transport {
    /** Linux, native. */
    EPOLL,
    /** macOS, native. */
    KQUEUE,
    /** Everywhere, the JDK's selectors. */
    NIO;

    /** System property that overrides {@link #pick()}: {@code nio}, {@code epoll} or {@code kqueue}. */
    public static final String PROPERTY = "millrace.transport";

    private static final int KEEP_ALIVE_SECONDS = 15;

    /**
     * The transport named by the system property {@value #PROPERTY}, otherwise the best one that works here.
     *
     * @throws IllegalArgumentException if the property has another value, or names a transport that does not work here
     */
    public static Transport pick() {
        return pick(System.getProperty(PROPERTY));
    }

    static Transport pick(@Nullable String wanted) {
        if (wanted == null || wanted.isEmpty()) {
            return EPOLL.isAvailable() ? EPOLL : KQUEUE.isAvailable() ? KQUEUE : NIO;
        }
        Transport transport =
                switch (wanted.toLowerCase(Locale.ROOT)) {
                    case "epoll" -> EPOLL;
                    case "kqueue" -> KQUEUE;
                    case "nio" -> NIO;
                    default ->
                        throw new IllegalArgumentException(
                                PROPERTY + "=" + wanted + ": must be one of nio, epoll, kqueue");
                };
        Throwable cause = transport.unavailabilityCause();
        if (cause != null) {
            throw new IllegalArgumentException(
                    PROPERTY + "=" + wanted + ": not available on this system (" + rootMessage(cause) + ")", cause);
        }
        return transport;
    }

    private static String rootMessage(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }

    /** Whether this transport works on this system. */
    public boolean isAvailable() {
        return unavailabilityCause() == null;
    }

    private @Nullable Throwable unavailabilityCause() {
        return switch (this) {
            case EPOLL -> Epoll.unavailabilityCause();
            case KQUEUE -> KQueue.unavailabilityCause();
            case NIO -> null;
        };
    }

    /**
     * Starts event loops.
     *
     * @param threads how many, at least 1
     * @param name what the threads are called, followed by a number
     */
    public IoEventLoopGroup newEventLoopGroup(int threads, String name) {
        return newEventLoopGroup(threads, name, threads);
    }

    /**
     * Starts event loops for {@code parts} that are spread over them in turn. Whoever asks the group for its next loop gets
     * that of the next part, so that each part's loop comes as often as it has parts.
     *
     * @param parts at least {@code threads}
     */
    public IoEventLoopGroup newEventLoopGroup(int threads, String name, int parts) {
        if (threads < 1 || parts < threads) {
            throw new IllegalArgumentException("threads " + threads + " must be at least 1 and at most " + parts);
        }
        IoHandlerFactory factory =
                switch (this) {
                    case EPOLL -> MendedEpoll.newFactory();
                    case KQUEUE -> KQueueIoHandler.newFactory();
                    case NIO -> NioIoHandler.newFactory();
                };
        return new MultiThreadIoEventLoopGroup(
                threads,
                new ThreadPerTaskExecutor(new DefaultThreadFactory(name)),
                loops -> new PartsInTurn(loops, parts),
                factory);
    }

    /** Listening TCP socket. */
    public Class<? extends ServerSocketChannel> tcpServerChannel() {
        return switch (this) {
            case EPOLL -> EpollServerSocketChannel.class;
            case KQUEUE -> KQueueServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
        };
    }

    /** TCP connection. */
    public Class<? extends SocketChannel> tcpChannel() {
        return switch (this) {
            case EPOLL -> EpollSocketChannel.class;
            case KQUEUE -> KQueueSocketChannel.class;
            case NIO -> NioSocketChannel.class;
        };
    }

    /** UDP socket. */
    public Class<? extends DatagramChannel> udpChannel() {
        return switch (this) {
            case EPOLL -> EpollDatagramChannel.class;
            case KQUEUE -> KQueueDatagramChannel.class;
            case NIO -> NioDatagramChannel.class;
        };
    }

    /** Listening unix-domain stream socket; its addresses come from {@link #unixAddress}. */
    public Class<? extends ServerChannel> unixServerChannel() {
        return switch (this) {
            case EPOLL -> EpollServerDomainSocketChannel.class;
            case KQUEUE -> KQueueServerDomainSocketChannel.class;
            case NIO -> NioServerDomainSocketChannel.class;
        };
    }

    /**
     * Unix-domain stream connection; its addresses come from {@link #unixAddress}. Those of {@link #NIO} cannot half-close:
     * the end of input closes them.
     */
    public Class<? extends DuplexChannel> unixChannel() {
        return switch (this) {
            case EPOLL -> EpollDomainSocketChannel.class;
            case KQUEUE -> KQueueDomainSocketChannel.class;
            case NIO -> NioDomainSocketChannel.class;
        };
    }

    /** What an option is given to, such as {@code bootstrap::option}. */
    @FunctionalInterface
    public interface Options {
        /** Sets it; what is returned does not matter. */
        <T> Object set(ChannelOption<T> option, T value);
    }

    /**
     * Sets up TCP connections of applications and targets: without delay, and the other end is asked for a sign of life after
     * {@value #KEEP_ALIVE_SECONDS} s of silence and in these intervals, as upstream does. Only {@link #EPOLL} can say how
     * often; elsewhere the system's times hold. spec: tunnel 2.2, 3.3
     */
    public void configureTcp(Options options) {
        options.set(ChannelOption.TCP_NODELAY, true);
        options.set(ChannelOption.SO_KEEPALIVE, true);
        if (this == EPOLL) {
            options.set(EpollChannelOption.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
            options.set(EpollChannelOption.TCP_KEEPINTVL, KEEP_ALIVE_SECONDS);
        }
    }

    /**
     * The address of a unix-domain socket in the form this transport's channels take.
     *
     * @param path of its file; {@code @name} is an abstract socket of Linux, which has none
     * @throws IllegalArgumentException for an abstract socket where there is no such thing
     */
    public SocketAddress unixAddress(String path) {
        if (path.startsWith("@")) {
            if (this != EPOLL) {
                throw new IllegalArgumentException(
                        "abstract unix sockets (@name) need Linux and the epoll transport, not " + this);
            }
            return new DomainSocketAddress("\0" + path.substring(1));
        }
        return this == NIO ? UnixDomainSocketAddress.of(path) : new DomainSocketAddress(path);
    }
}
