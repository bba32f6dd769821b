package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.Seeds;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions over real event loops: NIO sockets and in-memory channels. */
@SuppressWarnings({"FutureReturnValueIgnored", "resource"})
@Timeout(50)
class SocketTest {
    private static final Seeds SEEDS = Seeds.orDefault(20260307);

    /** Sends back what it gets, and ends when the peer ends. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.write(msg);
            demand(ctx.channel());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
            ctx.fireChannelReadComplete();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            demand(ctx.channel());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                ((SmuxStreamChannel) ctx.channel()).shutdownOutput();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }

        private static void demand(Channel channel) {
            channel.config().setAutoRead(channel.isWritable());
        }
    }

    /** Sums up what it gets. */
    private static final class Sum extends ChannelInboundHandlerAdapter {
        final CRC32 crc = new CRC32();
        final AtomicLong bytes = new AtomicLong();
        volatile boolean ended;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf data = (ByteBuf) msg;
            crc.update(data.nioBuffer());
            bytes.addAndGet(data.readableBytes());
            data.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended = true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private static final class Rig implements AutoCloseable {
        final EventLoopGroup group;
        final SmuxSessionHandler client;
        final Channel clientChannel;
        final CompletableFuture<SmuxSessionHandler> server = new CompletableFuture<>();
        private final Channel listener;

        Rig(boolean sockets, SmuxConfig config) throws Exception {
            group = new MultiThreadIoEventLoopGroup(
                    2, sockets ? NioIoHandler.newFactory() : LocalIoHandler.newFactory());
            Class<? extends ServerChannel> serverType =
                    sockets ? NioServerSocketChannel.class : LocalServerChannel.class;
            Class<? extends Channel> clientType = sockets ? NioSocketChannel.class : LocalChannel.class;
            SocketAddress address = sockets
                    ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                    : new LocalAddress(SocketTest.class);
            ChannelHandler echo = new ChannelInitializer<SmuxStreamChannel>() {
                @Override
                protected void initChannel(SmuxStreamChannel stream) {
                    stream.pipeline().addLast(new Echo());
                }
            };
            listener = new ServerBootstrap()
                    .group(group)
                    .channel(serverType)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            SmuxSessionHandler session =
                                    SmuxSessionHandler.server(config, echo, SmuxSessionListener.NONE);
                            server.complete(session);
                            channel.pipeline().addLast(session);
                        }
                    })
                    .bind(address)
                    .sync()
                    .channel();
            client = SmuxSessionHandler.client(config, SmuxSessionListener.NONE);
            clientChannel = new Bootstrap()
                    .group(group)
                    .channel(clientType)
                    .handler(client)
                    .connect(listener.localAddress())
                    .sync()
                    .channel();
        }

        @Override
        public void close() {
            clientChannel.close().awaitUninterruptibly();
            listener.close().awaitUninterruptibly();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 2", "false, 1", "false, 2"})
    void manyStreamsEchoOverRealLoops(boolean sockets, int version) throws Exception {
        SmuxConfig config = SmuxConfig.builder().version(version).build();
        try (Rig rig = new Rig(sockets, config)) {
            Random random = new Random(SEEDS.value());
            List<Sum> sums = new ArrayList<>();
            List<byte[]> data = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Sum sum = new Sum();
                sums.add(sum);
                SmuxStreamChannel stream = rig.client.openStream(sum).sync().getNow();
                byte[] bytes = Pair.randomBytes(random, 1 + random.nextInt(1_000_000));
                data.add(bytes);
                for (int at = 0; at < bytes.length; ) {
                    int n = Math.min(bytes.length - at, 1 + random.nextInt(40_000));
                    stream.write(Unpooled.wrappedBuffer(bytes, at, n));
                    at += n;
                }
                stream.flush();
                stream.shutdownOutput();
            }
            await().untilAsserted(() -> assertThat(sums).allMatch(sum -> sum.ended));
            for (int i = 0; i < 20; i++) {
                Sum sum = sums.get(i);
                CRC32 expected = new CRC32();
                expected.update(data.get(i));
                assertThat(sum.bytes.get()).as(SEEDS.reproduce()).isEqualTo(data.get(i).length);
                assertThat(sum.crc.getValue()).as(SEEDS.reproduce()).isEqualTo(expected.getValue());
            }
            await().untilAsserted(() -> assertThat(rig.client.streamCount()).isZero());
            SmuxSessionHandler server = rig.server.join();
            await().untilAsserted(() -> assertThat(server.streamCount()).isZero());
            rig.client.close().sync();
            assertThat(rig.client.isClosed()).isTrue();
            await().untilAsserted(() -> assertThat(server.isClosed()).isTrue());
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 2", "false, 1"})
    void manyThreadsOpenStreamsAtOnce(boolean sockets, int version) throws Exception {
        try (Rig rig = new Rig(sockets, SmuxConfig.builder().version(version).build())) {
            ConcurrentLinkedQueue<Future<SmuxStreamChannel>> opened = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<Sum> sums = new ConcurrentLinkedQueue<>();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                Thread thread = new Thread(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    for (int i = 0; i < 100; i++) {
                        Sum sum = new Sum();
                        sums.add(sum);
                        Future<SmuxStreamChannel> stream = rig.client.openStream(sum);
                        opened.add(stream);
                        stream.addListener((Future<SmuxStreamChannel> done) ->
                                done.getNow().writeAndFlush(Unpooled.wrappedBuffer(new byte[100])));
                    }
                });
                threads.add(thread);
                thread.start();
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            Set<Integer> ids = new HashSet<>();
            for (Future<SmuxStreamChannel> stream : opened) {
                ids.add(stream.sync().getNow().streamId());
            }
            assertThat(ids).hasSize(800).allMatch(id -> id % 2 == 1 && id >= 3 && id <= 1601);
            await().untilAsserted(() -> assertThat(sums).allMatch(sum -> sum.bytes.get() == 100));
            assertThat(rig.client.streamCount()).isEqualTo(800);
        }
    }
}
