package io.millrace.kcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatagramOptionsTest {
    private static final int DSCP = 46;
    private static final int TRAFFIC_CLASS = DSCP << 2;

    // From the kernel's headers; Netty's own option tells of one of them only.
    private static final IntegerUnixChannelOption IP_TOS = new IntegerUnixChannelOption("IP_TOS", 0, 1);
    private static final IntegerUnixChannelOption IPV6_TCLASS = new IntegerUnixChannelOption("IPV6_TCLASS", 41, 67);

    /** Bound as both bootstraps do. */
    private static Channel bind(EventLoopGroup group, boolean epoll, String host, DatagramOptions options)
            throws InterruptedException {
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter());
        options.apply(bootstrap, epoll ? EpollDatagramChannel.class : NioDatagramChannel.class);
        return bootstrap.bind(new InetSocketAddress(host, 0)).sync().channel();
    }

    /** A socket for both families marks what goes over either. spec: kcp 5.7, tunnel 1.7 */
    @ParameterizedTest
    @ValueSource(strings = {"::", "0.0.0.0", "127.0.0.1", "::1"})
    void theMarkIsOnPacketsOfBothFamilies(String host) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            Channel socket = bind(group, true, host, new DatagramOptions(0, DSCP));
            assertThat(socket.config().getOption(IP_TOS)).isEqualTo(TRAFFIC_CLASS);
            assertThat(socket.config().getOption(IPV6_TCLASS)).isEqualTo(TRAFFIC_CLASS);
            socket.close().sync();
            Channel plain = bind(group, true, host, new DatagramOptions(0, 0));
            assertThat(plain.config().getOption(IP_TOS)).isZero();
            assertThat(plain.config().getOption(IPV6_TCLASS)).isZero();
            plain.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void theJdksSocketsTakeTheMarkToo() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel socket = bind(group, false, "::", new DatagramOptions(0, DSCP));
            assertThat(socket.config().getOption(ChannelOption.IP_TOS)).isEqualTo(TRAFFIC_CLASS);
            socket.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void theBuffersAreAskedFor() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            Channel socket = bind(group, true, "127.0.0.1", new DatagramOptions(100_000, 0));
            int doubled = 200_000; // the kernel adds its own needs
            assertThat(socket.config().getOption(ChannelOption.SO_RCVBUF)).isEqualTo(doubled);
            assertThat(socket.config().getOption(ChannelOption.SO_SNDBUF)).isEqualTo(doubled);
            socket.close().sync();
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 64})
    void onlySixBits(int dscp) {
        assertThatThrownBy(() -> new DatagramOptions(0, dscp)).hasMessageContaining("0..63");
    }
}
