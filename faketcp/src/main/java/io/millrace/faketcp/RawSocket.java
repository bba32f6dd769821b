package io.millrace.faketcp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A raw TCP socket in Netty's datagram channel for epoll, which does for it what it does for UDP: many packets with one system
 * call (but see {@link #register}), both ways, and no thread that blocks. It takes whole IP packets, and gives whole packets (IPv4) or segments (IPv6).
 */
final class RawSocket {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IP_HDRINCL = 3;
    private static final int IPV6_HDRINCL = 36;
    private static final int EPERM = 1;
    private static final int EAFNOSUPPORT = 97;

    private static final ChannelOption<Integer> IPV4_HEADER_IS_OURS =
            new IntegerUnixChannelOption("IP_HDRINCL", IPPROTO_IP, IP_HDRINCL);
    private static final ChannelOption<Integer> IPV6_HEADER_IS_OURS =
            new IntegerUnixChannelOption("IPV6_HDRINCL", IPPROTO_IPV6, IPV6_HDRINCL);

    /** More than a datagram of 1500 bytes with its headers; a packet that is cut is recognised as too long. */
    private static final int RECEIVE_BYTES = 2048;
    /** Packets taken with one system call. */
    private static final int RECEIVE_PACKETS = 32;
    /** Packets taken in one batch before the sessions have their turn. */
    private static final int BATCH_PACKETS = 128;
    /** What may wait for the socket before sessions stop making packets. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1 << 20, 4 << 20);

    private static @Nullable SocketCall call;

    private final EpollDatagramChannel channel;
    private final boolean ipv4;

    private RawSocket(EpollDatagramChannel channel, boolean ipv4) {
        this.channel = channel;
        this.ipv4 = ipv4;
    }

    /**
     * Checks that raw sockets can be opened, and filters be put on TCP sockets, which older kernels let everybody do.
     *
     * @throws IOException if not; the message says what is missing
     */
    static void requireAvailable() throws IOException {
        String system = System.getProperty("os.name", "");
        if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
            throw new IOException("it works on Linux only, and this is " + system);
        }
        if (!SocketCall.isAvailable()) {
            throw new IOException("it needs JDK " + SocketCall.JAVA_VERSION_NEEDED + " or newer, and this is "
                    + System.getProperty("java.version") + " in " + System.getProperty("java.home"));
        }
        Throwable cause = Epoll.unavailabilityCause();
        if (cause != null) {
            throw new IOException("it needs Netty's native epoll transport, which does not work here: " + cause, cause);
        }
        new FileDescriptor(descriptor(true)).close();
        EpollSocketChannel connection = new EpollSocketChannel();
        try {
            PacketFilter.ofConnection().attachTo(connection);
        } catch (ChannelException e) {
            throw new IOException(
                    "it needs the capability CAP_NET_ADMIN beside CAP_NET_RAW: this kernel demands it"
                            + " before packets can be kept from its TCP (in a unit of systemd:"
                            + " AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN)",
                    e);
        } finally {
            connection.unsafe().closeForcibly();
        }
    }

    /** Whether the kernel has the address family. */
    static boolean hasFamily(boolean ipv4) throws IOException {
        int descriptor = call(ipv4);
        if (descriptor >= 0) {
            new FileDescriptor(descriptor).close();
        }
        return descriptor != -EAFNOSUPPORT;
    }

    /** Opens a socket, which receives from now on but is read only when it has been registered. */
    static RawSocket open(boolean ipv4) throws IOException {
        EpollDatagramChannel channel = new EpollDatagramChannel(descriptor(ipv4));
        try {
            channel.config().setOption(ipv4 ? IPV4_HEADER_IS_OURS : IPV6_HEADER_IS_OURS, 1);
        } catch (RuntimeException e) {
            channel.unsafe().closeForcibly();
            throw e;
        }
        return new RawSocket(channel, ipv4);
    }

    private static int descriptor(boolean ipv4) throws IOException {
        int descriptor = call(ipv4);
        if (descriptor == -EPERM) {
            throw new IOException("it needs raw sockets, hence root or the capability CAP_NET_RAW"
                    + " (in a unit of systemd: AmbientCapabilities=CAP_NET_RAW)");
        }
        if (descriptor < 0) {
            throw new IOException("no raw socket for IPv" + (ipv4 ? 4 : 6) + ": errno " + -descriptor);
        }
        return descriptor;
    }

    private static synchronized int call(boolean ipv4) throws IOException {
        SocketCall present = call;
        if (present == null) {
            present = SocketCall.link();
            call = present;
        }
        return present.socket(ipv4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    }

    /**
     * Begins reading.
     *
     * @param filter what it is to receive; a few other packets may have come before
     */
    ChannelFuture register(EventLoop loop, PacketFilter filter, FakeTcpOptions options, SegmentHandler handler) {
        try {
            filter.attachTo(channel);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        // Netty's recvmmsg asks for an option of IPv4, which raw sockets of IPv6 do not have; these are read packet by
        // packet.
        int packets = ipv4 ? RECEIVE_PACKETS : 1;
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(() -> channel)
                .handler(handler)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, ipv4 ? RECEIVE_BYTES : 0)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(RECEIVE_BYTES * packets).maxMessagesPerRead(BATCH_PACKETS));
        if (options.socketBufferBytes() > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, options.socketBufferBytes());
            bootstrap.option(ChannelOption.SO_SNDBUF, options.socketBufferBytes());
        }
        return bootstrap.register();
    }

    /** Ends a socket that has not been registered. */
    void close() {
        channel.unsafe().closeForcibly();
    }
}
