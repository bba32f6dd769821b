package io.millrace.tunnel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class MendedEpollTest {
    private final IoEventLoopGroup group = Transport.EPOLL.newEventLoopGroup(1, "mended-epoll", 1);
    private final EventLoop loop = group.next();
    private final LinkedBlockingQueue<EpollSocketChannel> accepted = new LinkedBlockingQueue<>();

    /** What the first connection does when it is read. */
    private volatile Runnable onRead = () -> {};

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /**
     * One batch of events: the first connection's closes the second and dials a third, which gets the second's descriptor
     * and must not be hit by the second's event, which waits in the same batch.
     */
    @RepeatedTest(5)
    @Timeout(30)
    void anEventOfAClosedConnectionDoesNotHitTheOneThatGotItsDescriptor() throws Exception {
        for (int tries = 0; tries < 20; tries++) {
            if (thirdConnectionLivesWithTheSecondsDescriptor()) {
                return;
            }
        }
        fail("the third connection never got the second's descriptor");
    }

    /** False if another thread of this JVM freed a lower descriptor, or took this one, just then: nothing was tried. */
    @SuppressWarnings("try") // closed where a reset is wanted
    private boolean thirdConnectionLivesWithTheSecondsDescriptor() throws Exception {
        Channel listener = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<EpollSocketChannel>() {
                    @Override
                    protected void initChannel(EpollSocketChannel channel) {
                        channel.pipeline().addLast(new OnRead());
                        accepted.add(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        try (ServerSocket target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Socket first = new Socket(InetAddress.getLoopbackAddress(), port);
                Socket second = new Socket(InetAddress.getLoopbackAddress(), port)) {
            EpollSocketChannel firstEnd = accept();
            EpollSocketChannel secondEnd = accept();
            if (firstEnd.remoteAddress().getPort() != first.getLocalPort()) {
                EpollSocketChannel other = firstEnd;
                firstEnd = secondEnd;
                secondEnd = other;
            }
            int closedDescriptor = secondEnd.fd().intValue();
            Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
            CompletableFuture<ChannelFuture> dialed = new CompletableFuture<>();
            EpollSocketChannel closing = secondEnd;
            onRead = () -> {
                closing.unsafe().close(closing.voidPromise());
                dialed.complete(new Bootstrap()
                        .group(loop)
                        .channel(EpollSocketChannel.class)
                        .handler(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                                faults.add(cause);
                            }
                        })
                        .connect(target.getLocalSocketAddress()));
            };

            CountDownLatch blocked = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            loop.execute(() -> {
                blocked.countDown();
                awaitUninterruptibly(goOn);
            });
            blocked.await();
            first.getOutputStream().write('x');
            second.setSoLinger(true, 0);
            second.close(); // a reset; the kernel queues both events, in this order
            ServerSocket spare = new ServerSocket(0); // has the reset end's descriptor, which the third is not to get
            goOn.countDown();

            EpollSocketChannel third =
                    (EpollSocketChannel) dialed.get(10, TimeUnit.SECONDS).sync().channel();
            try (spare;
                    Socket end = target.accept()) {
                if (third.fd().intValue() != closedDescriptor) {
                    third.close().sync();
                    return false;
                }
                loop.submit(() -> {}).sync();
                assertThat(third.isOpen()).isTrue();
                assertThat(faults).isEmpty();
                third.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII))
                        .sync();
                third.close().sync();
                assertThat(new String(end.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("hello");
                return true;
            }
        } finally {
            listener.close().sync();
        }
    }

    private EpollSocketChannel accept() throws InterruptedException {
        EpollSocketChannel channel = accepted.poll(10, TimeUnit.SECONDS);
        assertThat(channel).isNotNull();
        loop.submit(() -> {}).sync();
        return channel;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class OnRead extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            boolean some = ((ByteBuf) message).isReadable();
            ReferenceCountUtil.release(message);
            if (some) {
                onRead.run();
            }
        }
    }
}
