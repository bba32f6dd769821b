package io.millrace.tunnel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A connection whose peer has sent its end is read as much as is wanted, and no more. */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class EndOfInputTest {
    /** Less than the kernel takes from a peer whose data nobody reads. */
    private static final int BYTES = 50_000;

    private final IoEventLoopGroup group = Transport.EPOLL.newEventLoopGroup(1, "end-of-input", 1);
    private final EventLoop loop = group.next();
    private final CompletableFuture<Channel> accepted = new CompletableFuture<>();
    private final Inbox inbox = new Inbox();
    private Channel listener;

    @BeforeEach
    void listen() throws InterruptedException {
        listener = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(inbox)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Socket connect() throws Exception {
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    private Channel accepted() throws Exception {
        return accepted.get(10, TimeUnit.SECONDS);
    }

    /** Whatever the kernel has to tell has been told after this: the loop waits for events until a task is due. */
    private void letEventsCome() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            loop.schedule(() -> {}, 10, TimeUnit.MILLISECONDS).sync();
        }
    }

    @Test
    void aChannelThatIsNotReadKeepsItsInput() throws Exception {
        try (Socket peer = connect()) {
            Channel channel = accepted();
            peer.getOutputStream().write(new byte[BYTES]);
            peer.shutdownOutput();
            letEventsCome();
            assertThat(inbox.bytes).isZero();
            assertThat(inbox.ended).isNotDone();

            channel.config().setAutoRead(true);
            inbox.ended.get(10, TimeUnit.SECONDS);
            assertThat(inbox.bytes).isEqualTo(BYTES);
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void readingStopsWhenItIsToldTo() throws Exception {
        try (Socket peer = connect()) {
            Channel channel = accepted();
            inbox.pauseAtOnce = true;
            CountDownLatch sent = new CountDownLatch(1);
            loop.execute(() -> {
                awaitUninterruptibly(sent);
                channel.config().setAutoRead(true);
            });
            peer.getOutputStream().write(new byte[BYTES]);
            peer.shutdownOutput();
            sent.countDown();
            await().until(() -> inbox.reads > 0);
            letEventsCome();
            assertThat(inbox.reads).isEqualTo(1);
            assertThat(inbox.bytes).isLessThan(BYTES);

            inbox.pauseAtOnce = false;
            channel.config().setAutoRead(true);
            inbox.ended.get(10, TimeUnit.SECONDS);
            assertThat(inbox.bytes).isEqualTo(BYTES);
        }
    }

    @Test
    void aBrokenConnectionIsNoticedThoughItIsNotRead() throws Exception {
        try (Socket peer = connect()) {
            assertThat(accepted().config().isAutoRead()).isFalse();
            peer.getOutputStream().write(new byte[BYTES]);
            peer.setSoLinger(true, 0);
        }
        assertThat(inbox.failure.get(10, TimeUnit.SECONDS)).hasMessageContaining("reset");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Inbox extends ChannelInboundHandlerAdapter {
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        volatile int reads;
        volatile int bytes;
        volatile boolean pauseAtOnce;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.complete(ctx.channel());
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // written by the event loop alone
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf data = (ByteBuf) message;
            reads++;
            bytes += data.readableBytes();
            data.release();
            if (pauseAtOnce) {
                ctx.channel().config().setAutoRead(false);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ended.complete(null);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failure.complete(cause);
        }
    }
}
