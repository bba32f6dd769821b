package io.millrace.systemtests;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@link Exchange}s against an {@link ExchangeServer}, mostly through a tunnel. */
final class ExchangeClient {
    /** Only a hang lasts that long. */
    private static final long TIMEOUT_S = 120;

    private final InetSocketAddress entrance;

    ExchangeClient(InetSocketAddress entrance) {
        this.entrance = entrance;
    }

    /** Starts one exchange on a connection of its own; it is closed when the exchange has ended. */
    Promise<Void> start(Exchange exchange) {
        Promise<Void> done = TrafficLoop.group().next().newPromise();
        ChannelFuture connected = new Bootstrap()
                .group(TrafficLoop.group())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(entrance);
        connected.addListener((ChannelFutureListener) dial -> {
            if (!dial.isSuccess()) {
                done.tryFailure(dial.cause());
                return;
            }
            ByteBuf header = dial.channel().alloc().buffer(Exchange.HEADER_BYTES);
            exchange.encode(header);
            dial.channel().write(header);
            dial.channel()
                    .pipeline()
                    .addLast(new ExchangeHandler(exchange.up(), exchange.down(), exchange.writeBytes(), done));
            dial.channel().flush();
        });
        done.addListener(ended -> connected.channel().close());
        return done;
    }

    /** Runs exchanges at the same time and waits for all; an AssertionError names those that failed. */
    void runAll(Map<String, Exchange> exchanges) {
        Map<String, Promise<Void>> running = new LinkedHashMap<>();
        exchanges.forEach((name, exchange) -> running.put(name, start(exchange)));
        awaitAll(running);
    }

    static void awaitAll(Map<String, Promise<Void>> running) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        List<String> failed = new ArrayList<>();
        Throwable first = null;
        for (Map.Entry<String, Promise<Void>> entry : running.entrySet()) {
            Promise<Void> done = entry.getValue();
            done.awaitUninterruptibly(Math.max(1, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (!done.isSuccess()) {
                failed.add(entry.getKey() + ": " + (done.isDone() ? done.cause() : "not ended"));
                first = first == null ? done.cause() : first;
            }
        }
        if (!failed.isEmpty()) {
            throw new AssertionError(
                    failed.size() + " of " + running.size() + " exchanges failed: "
                            + failed.subList(0, Math.min(5, failed.size())),
                    first);
        }
    }
}
