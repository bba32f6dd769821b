package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The target of a tunnel: answers each connection's {@link Exchange}. Any thread. */
final class ExchangeServer implements AutoCloseable {
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final Channel listener;

    /** Connections wait for each other until there are so many; then all begin. Traffic loop only. */
    private final int together;

    private final List<Runnable> waiting = new ArrayList<>();

    /** Listens on a free loopback port. */
    ExchangeServer() {
        this(0, 1);
    }

    /** Listens on a port, 0 for a free one; of the first {@code together} connections none is answered before the last has come. */
    ExchangeServer(int port, int together) {
        this.together = together;
        listener = new ServerBootstrap()
                .group(TrafficLoop.group())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connections.add(connection);
                        connection.pipeline().addLast(new HeaderDecoder());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .syncUninterruptibly()
                .channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Connections open now. */
    int open() {
        return connections.size();
    }

    /** Exchanges completed so far. */
    int completed() {
        return completed.get();
    }

    /** All of so many exchanges were complete and right, and their connections are closed. */
    void assertServed(int exchanges) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(failures).isEmpty();
            assertThat(completed).hasValue(exchanges);
            assertThat(connections.size()).isZero();
        });
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        connections.close().awaitUninterruptibly();
    }

    /** Collects the header, then hands over to an {@link ExchangeHandler}. */
    private final class HeaderDecoder extends ChannelInboundHandlerAdapter {
        private final ByteBuf header = Unpooled.buffer(Exchange.HEADER_BYTES, Exchange.HEADER_BYTES);

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            bytes.readBytes(header, Math.min(bytes.readableBytes(), header.writableBytes()));
            if (header.isWritable()) {
                bytes.release();
                return;
            }
            ctx.channel().config().setAutoRead(false);
            waiting.add(() -> begin(ctx, bytes));
            if (arrived.incrementAndGet() >= together) {
                waiting.forEach(Runnable::run);
                waiting.clear();
            }
        }

        private void begin(ChannelHandlerContext ctx, ByteBuf rest) {
            Exchange exchange = Exchange.decode(header);
            Promise<Void> done = ctx.executor().newPromise();
            done.addListener(this::onEnded);
            ctx.pipeline().addLast(new ExchangeHandler(exchange.down(), exchange.up(), exchange.writeBytes(), done));
            ctx.fireChannelRead(rest);
            ctx.pipeline().remove(this);
            ctx.channel().config().setAutoRead(true);
        }

        private void onEnded(Future<? super Void> outcome) {
            if (outcome.isSuccess()) {
                completed.incrementAndGet();
            } else {
                failures.add(outcome.cause());
            }
        }
    }
}
