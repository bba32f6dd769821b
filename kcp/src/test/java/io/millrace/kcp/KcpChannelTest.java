package io.millrace.kcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.KcpStats;
import io.millrace.kcp.crypto.PacketCiphers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class KcpChannelTest {
    private static final int BYTES = 4 << 20;

    /** Sends back what comes, reading only while the way back has room. */
    @ChannelHandler.Sharable
    private static class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message, ctx.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }
    }

    /** Writes seeded bytes as the channel takes them and digests what comes back. */
    private static final class Exchange extends SimpleChannelInboundHandler<ByteBuf> {
        final CountDownLatch done = new CountDownLatch(1);
        final MessageDigest sent = sha256();
        final MessageDigest received = sha256();
        final AtomicLong receivedBytes = new AtomicLong();
        private final Random random = new Random(7);
        private int left = BYTES;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            pump(ctx);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            pump(ctx);
        }

        private void pump(ChannelHandlerContext ctx) {
            while (left > 0 && ctx.channel().isWritable()) {
                byte[] chunk = new byte[Math.min(left, 1 + random.nextInt(20_000))];
                random.nextBytes(chunk);
                sent.update(chunk);
                left -= chunk.length;
                ctx.writeAndFlush(ctx.alloc().buffer(chunk.length).writeBytes(chunk), ctx.voidPromise());
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
            receivedBytes.addAndGet(message.readableBytes());
            received.update(message.nioBuffer());
            if (receivedBytes.get() == BYTES) {
                done.countDown();
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NIO, aes, 10, 3",
        "EPOLL, aes, 10, 3",
        "EPOLL, aes-128-gcm, 0, 0",
        "EPOLL, none, 3, 2",
        "NIO, null, 0, 0",
        "EPOLL, null, 10, 3"
    })
    void shouldCarryBytesBothWays(Loopback.Transport transport, String crypt, int data, int parity) throws Exception {
        try (Loopback loopback = new Loopback(transport, Loopback.config(data, parity), crypt)) {
            InetSocketAddress server = loopback.bind(KcpServerLimits.DEFAULT, new Echo());
            Exchange exchange = new Exchange();
            KcpChannel client = loopback.connect(server, exchange);
            assertThat(exchange.done.await(30, TimeUnit.SECONDS))
                    .as("received %s of %s bytes; %s", exchange.receivedBytes, BYTES, loopback.events)
                    .isTrue();
            assertThat(exchange.received.digest()).isEqualTo(exchange.sent.digest());
            assertThat(client.drained().await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(loopback.events).noneMatch(e -> e.startsWith("error") || e.startsWith("dropped"));
        }
    }

    @ParameterizedTest
    @EnumSource(Loopback.Transport.class)
    void shouldStopTheSenderWhileTheReceiverDoesNotReadAndLoseNothing(Loopback.Transport transport) throws Exception {
        try (Loopback loopback = new Loopback(transport, Loopback.config(0, 0), "none")) {
            CountDownLatch accepted = new CountDownLatch(1);
            ChannelHandlerContext[] reader = new ChannelHandlerContext[1];
            InetSocketAddress server = loopback.bind(KcpServerLimits.DEFAULT, new Echo() {
                @Override
                public void channelActive(ChannelHandlerContext ctx) {
                    ctx.channel().config().setAutoRead(false);
                    reader[0] = ctx;
                    accepted.countDown();
                }

                @Override
                public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                    // reading is this test's business
                }
            });
            Exchange exchange = new Exchange();
            KcpChannel client = loopback.connect(server, exchange);
            assertThat(accepted.await(10, TimeUnit.SECONDS)).isTrue();
            // The receive window fills, then the sender's buffer, then the channel is not writable and stays so.
            Awaitility.await().until(() -> client.session().kcp().remoteWindowSegments() == 0 && !client.isWritable());
            assertThat(exchange.left).isPositive();
            reader[0].channel().config().setAutoRead(true);
            assertThat(exchange.done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(exchange.received.digest()).isEqualTo(exchange.sent.digest());
        }
    }

    @Test
    void shouldReportItsEndOnceWithTheReason() throws Exception {
        try (Loopback loopback = new Loopback(Loopback.Transport.NIO, Loopback.config(0, 0), "none")) {
            InetSocketAddress server = loopback.bind(KcpServerLimits.DEFAULT, new Echo());
            KcpChannel client = loopback.connect(server, new Exchange());
            String conv = Integer.toHexString(client.conv());
            client.close().sync();
            client.close().sync();
            assertThat(client.parent().closeFuture().await(10, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(loopback.events)
                    .filteredOn(e -> e.startsWith("closed"))
                    .containsExactly("closed " + conv + " LOCAL");
            assertThat(client.drained().await(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Who opens a session waits for the future, and has nothing else to go by. */
    @Test
    void whateverFailsWhenASessionIsOpenedTheFutureFails() throws Exception {
        IllegalStateException noCipher = new IllegalStateException("no such cipher");
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Loopback loopback = new Loopback(Loopback.Transport.NIO, Loopback.config(0, 0), () -> {
            if (broken.get()) {
                throw noCipher;
            }
            return PacketCiphers.create("none", Loopback.KEY);
        })) {
            InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
            KcpClientBootstrap bootstrap = loopback.newClient();
            assertThat(bootstrap
                            .connect(loopback.group.next(), nowhere, new Exchange())
                            .await()
                            .cause())
                    .isSameAs(noCipher);
            broken.set(false);
            Exchange notSharable = new Exchange();
            KcpChannel first = bootstrap
                    .connect(loopback.group.next(), nowhere, notSharable)
                    .sync()
                    .getNow();
            assertThat(bootstrap
                            .connect(loopback.group.next(), nowhere, notSharable)
                            .await()
                            .cause())
                    .hasMessageContaining("@Sharable");
            first.close().sync();
            assertThat(loopback.events)
                    .filteredOn(event -> event.startsWith("opened"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Loopback.Transport.class)
    void lastWordsWrittenWhileReadingAreSentThoughTheClientClosesAtOnce(Loopback.Transport transport) throws Exception {
        CountDownLatch lastWords = new CountDownLatch(1);
        @ChannelHandler.Sharable
        class Server extends SimpleChannelInboundHandler<ByteBuf> {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
                if (message.readByte() == 1) {
                    ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte(2));
                } else {
                    lastWords.countDown();
                }
            }
        }
        class Client extends SimpleChannelInboundHandler<ByteBuf> {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte(1));
            }

            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
                ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte(3));
                ctx.close();
            }
        }
        try (Loopback loopback = new Loopback(transport, Loopback.config(0, 0), "aes")) {
            InetSocketAddress address = loopback.bind(KcpServerLimits.DEFAULT, new Server());
            loopback.connect(address, new Client());
            assertThat(lastWords.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Loopback.Transport.class)
    void aFullSocketStopsTheMakingOfPackets(Loopback.Transport transport) throws Exception {
        int highBytes = 16_000;
        AtomicLong mostPending = new AtomicLong();
        ChannelOutboundHandlerAdapter watching = new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
                if (waiting != null) {
                    mostPending.accumulateAndGet(waiting.totalPendingWriteBytes(), Math::max);
                }
                ctx.flush();
            }
        };
        try (Loopback loopback = new Loopback(transport, Loopback.config(2048, 0, 0), "null")) {
            InetSocketAddress server = loopback.bind(KcpServerLimits.DEFAULT, new Echo());
            Exchange exchange = new Exchange();
            loopback.connect(server, new ChannelInitializer<KcpChannel>() {
                @Override
                protected void initChannel(KcpChannel session) {
                    session.parent().config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, highBytes));
                    session.parent().pipeline().addFirst(watching);
                    session.pipeline().addLast(exchange);
                }
            });
            assertThat(exchange.done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(exchange.received.digest()).isEqualTo(exchange.sent.digest());
            assertThat(mostPending.get()).isBetween(1L, highBytes + 2L * DatagramSender.MAX_BYTES); // of 2.6 MB
        }
    }

    /** Acknowledgements of its beginning can be taken before its end is made, but need not come. */
    @ParameterizedTest
    @EnumSource(Loopback.Transport.class)
    void aLargeWindowIsFilledInPieces(Loopback.Transport transport) throws Exception {
        int bytes = 3 * KcpChannel.MAX_TAKEN_BYTES;
        try (Loopback loopback = new Loopback(transport, Loopback.config(4096, 0, 0), "null")) {
            CountDownLatch answered = new CountDownLatch(1);
            KcpChannel client = loopback.connect(
                    loopback.bind(KcpServerLimits.DEFAULT, new Echo()), new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
                            answered.countDown();
                        }
                    });
            KcpStats sent = client.session().kcp().stats();
            client.writeAndFlush(client.alloc().buffer(1).writeByte(1));
            assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue(); // the peer's window is known
            assertThat(client.drained().await(10, TimeUnit.SECONDS)).isTrue();
            client.parent().pipeline().addFirst(new SimpleChannelInboundHandler<>(Object.class) {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, Object message) {
                    // deaf from now on
                }
            });
            CompletableFuture<Long> firstPiece = new CompletableFuture<>();
            client.eventLoop().execute(() -> {
                client.writeAndFlush(client.alloc().buffer(bytes).writeZero(bytes));
                ((SingleThreadEventLoop) client.eventLoop())
                        .executeAfterEventLoopIteration(() -> firstPiece.complete(sent.bytesSent - 1));
            });
            assertThat(firstPiece.get(30, TimeUnit.SECONDS)).isEqualTo(KcpChannel.MAX_TAKEN_BYTES);
            Awaitility.await().untilAsserted(() -> assertThat(sent.bytesSent).isEqualTo(1 + bytes));
        }
    }

    @ParameterizedTest
    @EnumSource(Loopback.Transport.class)
    void aFaultWhileSendingIsToldAndDelaysOnly(Loopback.Transport transport) throws Exception {
        try (Loopback loopback = new Loopback(
                transport, Loopback.config(0, 0), () -> new FailingOnce(PacketCiphers.create("aes", Loopback.KEY)))) {
            InetSocketAddress server = loopback.bind(KcpServerLimits.DEFAULT, new Echo());
            Exchange exchange = new Exchange();
            loopback.connect(server, exchange);
            assertThat(exchange.done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(exchange.received.digest()).isEqualTo(exchange.sent.digest());
            assertThat(loopback.events)
                    .filteredOn(event -> event.endsWith(FailingOnce.MESSAGE))
                    .hasSize(2); // one at each end
        }
    }

    @ParameterizedTest
    @EnumSource(Loopback.Transport.class)
    void aLimitedSessionSpreadsWhatAnotherWouldSendAtOnce(Loopback.Transport transport) throws Exception {
        int bytes = 300_000;
        int bytesPerSecond = 1_000_000;
        AtomicLong arrived = new AtomicLong();
        CompletableFuture<Long> firstBurst = new CompletableFuture<>();
        @ChannelHandler.Sharable
        class Server extends SimpleChannelInboundHandler<ByteBuf> {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
                arrived.addAndGet(message.readableBytes());
            }
        }
        class Client extends ChannelInboundHandlerAdapter {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                ctx.writeAndFlush(ctx.alloc().buffer(bytes).writeZero(bytes));
                KcpChannel channel = (KcpChannel) ctx.channel();
                // after the flush, which waits for the end of the turn too
                ((SingleThreadEventLoop) channel.eventLoop())
                        .executeAfterEventLoopIteration(
                                () -> firstBurst.complete(channel.session().stats().outBytes));
            }
        }
        try (Loopback loopback = new Loopback(transport, Loopback.config(10, 3).withRateLimit(bytesPerSecond), "aes")) {
            loopback.connect(loopback.bind(KcpServerLimits.DEFAULT, new Server()), new Client());
            assertThat(firstBurst.get(30, TimeUnit.SECONDS))
                    .isBetween(1L, 2L * bytesPerSecond / 1000 + 4 * 1350); // else 32 packets
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> arrived.get() == bytes);
        }
    }
}
