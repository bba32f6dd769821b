package io.millrace.tunnel.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.kcp.DatagramOptions;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpClientBootstrap;
import io.millrace.kcp.KcpListener;
import io.millrace.kcp.KcpServerBootstrap;
import io.millrace.kcp.KcpServerLimits;
import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import io.millrace.kcp.session.SessionConfig;
import io.millrace.kcp.wire.PacketBurst;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two clients' sessions on two event loops and a server's on a third, over real sockets. */
@Timeout(60)
class ProcessCountersTest {
    private static final TunnelKey KEY = TunnelKey.derive("counters");
    private static final SessionConfig CONFIG =
            new SessionConfig(new KcpConfig(1350, 128, 128, true, 10, 2, false, false), 10, 3);
    private static final DatagramOptions OPTIONS = new DatagramOptions(1 << 20, 0);
    private static final int BYTES = 40_000;

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(3, NioIoHandler.newFactory());
    private final ProcessCounters client = ProcessCounters.ofClient();
    private final ProcessCounters server = ProcessCounters.ofServer();

    /** Sends back what comes. */
    @ChannelHandler.Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }
    }

    /** Writes, and once more when all is back: parity leaves only when the other end has shown its numbers. */
    private static final class Writer extends ChannelInboundHandlerAdapter {
        private int received;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            write(ctx);
        }

        private static void write(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(BYTES).writeZero(BYTES));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            received += ((ByteBuf) message).readableBytes();
            ReferenceCountUtil.release(message);
            if (received == BYTES) {
                write(ctx);
            }
        }
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static PacketCipher cipher() {
        return PacketCiphers.create("aes-128", KEY);
    }

    private Channel bind() throws InterruptedException {
        EventLoop loop = loops.next();
        KcpServerBootstrap bootstrap = new KcpServerBootstrap(
                NioDatagramChannel.class,
                CONFIG,
                ProcessCountersTest::cipher,
                KcpServerLimits.DEFAULT,
                OPTIONS,
                KcpListener.both(KcpListener.NONE, server.onLoop(loop)));
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return bootstrap.bind(loop, any, new Echo(), false).sync().channel();
    }

    private KcpChannel connect(Channel to) throws InterruptedException {
        EventLoop loop = loops.next();
        return new KcpClientBootstrap(
                        NioDatagramChannel.class, CONFIG, ProcessCountersTest::cipher, OPTIONS, client.onLoop(loop))
                .connect(loop, (InetSocketAddress) to.localAddress(), new Writer())
                .sync()
                .getNow();
    }

    private static long value(ProcessCounters counters, SnmpCounter counter) {
        return counters.snapshot().join().value(counter);
    }

    private static void awaitValue(ProcessCounters counters, SnmpCounter counter, long expected) {
        await().until(() -> value(counters, counter) == expected);
    }

    @Test
    void sumsLivingAndEndedSessionsOverAllLoops() throws Exception {
        Channel socket = bind();
        KcpChannel first = connect(socket);
        KcpChannel second = connect(socket);
        awaitValue(client, SnmpCounter.BYTES_RECEIVED, 4 * BYTES);
        awaitValue(client, SnmpCounter.RING_BUFFER_SND_BUFFER, 0);
        assertThat(value(client, SnmpCounter.BYTES_SENT)).isEqualTo(4 * BYTES);
        assertThat(value(client, SnmpCounter.ACTIVE_OPENS)).isEqualTo(2);
        assertThat(value(client, SnmpCounter.PASSIVE_OPENS)).isZero();
        assertThat(value(client, SnmpCounter.CURR_ESTAB)).isEqualTo(2);
        assertThat(value(client, SnmpCounter.FEC_SHARD_SET)).isPositive();
        assertThat(value(server, SnmpCounter.PASSIVE_OPENS)).isEqualTo(2);
        assertThat(value(server, SnmpCounter.ACTIVE_OPENS)).isZero();
        assertThat(value(server, SnmpCounter.BYTES_RECEIVED)).isEqualTo(4 * BYTES);
        assertThat(value(server, SnmpCounter.FEC_PARITY_SHARDS)).isPositive();

        long outPkts = value(client, SnmpCounter.OUT_PKTS);
        first.close().sync();
        awaitValue(client, SnmpCounter.CURR_ESTAB, 1);
        second.close().sync();
        awaitValue(client, SnmpCounter.CURR_ESTAB, 0);
        assertThat(value(client, SnmpCounter.MAX_CONN)).isEqualTo(2);
        assertThat(value(client, SnmpCounter.BYTES_SENT)).isEqualTo(4 * BYTES);
        assertThat(value(client, SnmpCounter.BYTES_RECEIVED)).isEqualTo(4 * BYTES);
        assertThat(value(client, SnmpCounter.OUT_PKTS)).isGreaterThanOrEqualTo(outPkts);
        assertThat(value(client, SnmpCounter.OUT_BYTES)).isGreaterThan(4 * BYTES);
        assertThat(value(client, SnmpCounter.FEC_SHARD_SET)).isZero();
        connect(socket).close().sync();
        awaitValue(client, SnmpCounter.ACTIVE_OPENS, 3);
        assertThat(value(client, SnmpCounter.MAX_CONN)).isEqualTo(2);
        socket.close().sync();
        awaitValue(server, SnmpCounter.CURR_ESTAB, 0);
    }

    @Test
    void countsWhatNeverReachesASession() throws Exception {
        Channel socket = bind();
        KcpChannel session = connect(socket);
        InetSocketAddress clientPort = session.parent().localAddress();
        try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            byte[] noise = new byte[100];
            stranger.send(new DatagramPacket(noise, noise.length, socket.localAddress()));
            awaitValue(server, SnmpCounter.IN_CSUM_ERRORS, 1);

            byte[] sealed = sealed();
            InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPort.getPort());
            stranger.send(new DatagramPacket(sealed, sealed.length, at));
            awaitValue(client, SnmpCounter.IN_ERRS, 1);
        }
        assertThat(server.snapshot().join().dropped()).isEqualTo("datagrams {bad_checksum:1}");
        assertThat(client.snapshot().join().dropped()).isEqualTo("datagrams {foreign_source:1}");
        assertThat(value(server, SnmpCounter.IN_ERRS)).isZero();
        assertThat(value(client, SnmpCounter.IN_CSUM_ERRORS)).isZero();
    }

    /** A packet that passes the cipher. */
    private static byte[] sealed() {
        PacketBurst burst = new PacketBurst(1, 1500);
        burst.begin();
        burst.commit(100);
        cipher().seal(burst);
        return Arrays.copyOfRange(burst.bytes(), burst.offset(0), burst.offset(0) + burst.length(0));
    }

    @Test
    void aLoopThatIsGoneIsAFailureAndNoWait() {
        client.onLoop(loops.next());
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        assertThatThrownBy(() -> client.snapshot().join()).isInstanceOf(RejectedExecutionException.class);
    }
}
