package io.millrace.tunnel.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.tunnel.net.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A relay between real sockets: {@code client -> [accepted socket | relay | dialled socket] -> target}. The dialled socket
 * stands for the application's side, the accepted one for the stream.
 */
@Timeout(60)
class RelaySocketTest {
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BlockingQueue<RelayResult> results = new LinkedBlockingQueue<>();
    private final BlockingQueue<Channel[]> joined = new LinkedBlockingQueue<>();

    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = resources.size() - 1; i >= 0; i--) {
            resources.get(i).close();
        }
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Starts the relay in front of a target and returns its port. */
    private int startRelay(Transport transport, RelayOptions options, int targetPort) {
        return startRelay(
                transport, options, new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), false);
    }

    private int startRelay(Transport transport, RelayOptions options, SocketAddress target, boolean unix) {
        EventLoopGroup loops = transport.newEventLoopGroup(2, "relay-test");
        resources.add(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync());
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(transport.tcpServerChannel())
                .option(ChannelOption.SO_BACKLOG, 512)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024))
                .childHandler(new Dialer(transport, options, target, unix))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        resources.add(() -> listening.close().sync());
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Joins each accepted connection to a new one. */
    @ChannelHandler.Sharable
    private final class Dialer extends ChannelInboundHandlerAdapter {
        private final Transport transport;
        private final RelayOptions options;
        private final SocketAddress target;
        private final boolean unix;

        Dialer(Transport transport, RelayOptions options, SocketAddress target, boolean unix) {
            this.transport = transport;
            this.options = options;
            this.target = target;
            this.unix = unix;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            DuplexChannel stream = (DuplexChannel) ctx.channel();
            ChannelFuture dial = new Bootstrap()
                    .group(stream.eventLoop())
                    .channel(unix ? transport.unixChannel() : transport.tcpChannel())
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024))
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(target);
            joined.add(new Channel[] {stream, dial.channel()});
            Relay.joinDialing(stream, dial, options, results::add);
        }
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        resources.add(socket);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private ServerSocket target() throws IOException {
        ServerSocket target = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        resources.add(target);
        return target;
    }

    private RelayResult result() throws InterruptedException {
        RelayResult result = results.poll(30, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        return result;
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void clientEndsFirstAndGetsTheWholeAnswer(Transport transport) throws Exception {
        byte[] question = random(1, 300_000);
        byte[] answer = random(2, 3_000_000);
        ServerSocket target = target();
        Future<byte[]> heard = threads.submit(() -> {
            try (Socket socket = target.accept()) {
                byte[] all = socket.getInputStream().readAllBytes();
                socket.getOutputStream().write(answer);
                return all;
            }
        });
        Socket client = connect(startRelay(transport, RelayOptions.DEFAULT, target.getLocalPort()));
        client.getOutputStream().write(question);
        client.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
        assertThat(heard.get()).isEqualTo(question);
        RelayResult result = result();
        assertThat(result.end()).isEqualTo(RelayEnd.COMPLETED);
        assertThat(result.bytesToApplication()).isEqualTo(question.length);
        assertThat(result.bytesToStream()).isEqualTo(answer.length);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void targetEndsFirstAndStillGetsEverything(Transport transport) throws Exception {
        byte[] greeting = random(3, 200_000);
        byte[] upload = random(4, 3_000_000);
        ServerSocket target = target();
        Future<byte[]> heard = threads.submit(() -> {
            try (Socket socket = target.accept()) {
                socket.getOutputStream().write(greeting);
                socket.shutdownOutput();
                return socket.getInputStream().readAllBytes();
            }
        });
        Socket client = connect(startRelay(transport, RelayOptions.DEFAULT, target.getLocalPort()));
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(greeting);
        client.getOutputStream().write(upload);
        client.shutdownOutput();
        assertThat(heard.get()).isEqualTo(upload);
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aResetOfTheTargetResetsTheStream(Transport transport) throws Exception {
        ServerSocket target = target();
        Future<Socket> accepted = threads.submit(target::accept);
        Socket client = connect(startRelay(transport, RelayOptions.DEFAULT, target.getLocalPort()));
        client.getOutputStream().write(1);
        Socket socket = accepted.get();
        assertThat(socket.getInputStream().read()).isEqualTo(1);
        socket.setSoLinger(true, 0);
        socket.close();
        assertThat(result().end()).isEqualTo(RelayEnd.APPLICATION_FAILED);
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
    }

    /** A server refuses an upload, and closes without reading it: the refusal is followed by a reset. */
    @ParameterizedTest
    @MethodSource("transports")
    void anAnswerThatComesBeforeAResetArrives(Transport transport) throws Exception {
        byte[] answer = random(7, 1000);
        ServerSocket target = target();
        Socket client = connect(startRelay(transport, RelayOptions.DEFAULT, target.getLocalPort()));
        Future<?> uploading = threads.submit(() -> {
            byte[] chunk = new byte[65536];
            while (true) {
                client.getOutputStream().write(chunk); // until the reset
            }
        });
        Channel[] channels = joined.poll(10, TimeUnit.SECONDS);
        assertThat(channels).isNotNull();
        try (Socket socket = target.accept()) {
            await().atMost(Duration.ofSeconds(20)).until(() -> !channels[1].isWritable());
            socket.getOutputStream().write(answer);
        }
        assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
        assertThatThrownBy(uploading::get).hasRootCauseInstanceOf(IOException.class);
        assertThat(result().end()).isEqualTo(RelayEnd.APPLICATION_FAILED);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aLostStreamResetsTheApplication(Transport transport) throws Exception {
        ServerSocket target = target();
        Future<Socket> accepted = threads.submit(target::accept);
        Socket client = connect(startRelay(transport, RelayOptions.DEFAULT, target.getLocalPort()));
        client.getOutputStream().write(1);
        Socket socket = accepted.get();
        resources.add(socket);
        assertThat(socket.getInputStream().read()).isEqualTo(1);
        client.setSoLinger(true, 0);
        client.close();
        assertThat(result().end()).isEqualTo(RelayEnd.STREAM_FAILED);
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aRefusedDialEndsTheClient(Transport transport) throws Exception {
        ServerSocket gone = target();
        int port = gone.getLocalPort();
        gone.close();
        Socket client = connect(startRelay(transport, RelayOptions.DEFAULT, port));
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        RelayResult result = result();
        assertThat(result.end()).isEqualTo(RelayEnd.DIAL_FAILED);
        assertThat(result.cause()).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatASlowReaderDoesNotTakeStaysWithTheSender(Transport transport) throws Exception {
        byte[] answer = random(5, 24_000_000);
        ServerSocket target = target();
        Future<Boolean> sent = threads.submit(() -> {
            try (Socket socket = target.accept()) {
                socket.getOutputStream().write(answer);
                return true;
            }
        });
        Socket client = connect(startRelay(transport, RelayOptions.DEFAULT, target.getLocalPort()));
        Channel[] channels = joined.poll(10, TimeUnit.SECONDS);
        assertThat(channels).isNotNull();
        // The client does not read: what is on its way fills up, and the sender is not read any more.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !channels[1].config().isAutoRead() && !channels[0].isWritable());
        assertThat(sent.isDone()).isFalse();
        long pendingBytes = channels[0].unsafe().outboundBuffer().totalPendingWriteBytes();
        assertThat(pendingBytes).isLessThan(64 * 1024 + 2 * 65536);
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
        assertThat(sent.get()).isTrue();
        client.close();
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void manyAtOnce(Transport transport) throws Exception {
        int connections = 100;
        int length = 200_000;
        ServerSocket target = target();
        threads.submit(() -> {
            while (true) {
                Socket socket = target.accept();
                threads.submit(() -> {
                    try (socket) {
                        return socket.getInputStream().transferTo(socket.getOutputStream());
                    }
                });
            }
        });
        int port = startRelay(transport, RelayOptions.DEFAULT, target.getLocalPort());
        List<Future<byte[]>> echoes = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            byte[] data = random(100 + i, length);
            Callable<byte[]> exchange = () -> {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(30_000);
                    OutputStream out = socket.getOutputStream();
                    InputStream in = socket.getInputStream();
                    Future<?> writing = threads.submit(() -> {
                        out.write(data);
                        socket.shutdownOutput();
                        return null;
                    });
                    byte[] digest = sha256(in.readAllBytes());
                    writing.get();
                    return digest;
                }
            };
            echoes.add(threads.submit(exchange));
        }
        for (int i = 0; i < connections; i++) {
            assertThat(echoes.get(i).get()).isEqualTo(sha256(random(100 + i, length)));
        }
        for (int i = 0; i < connections; i++) {
            RelayResult result = result();
            assertThat(result.end()).isEqualTo(RelayEnd.COMPLETED);
            assertThat(result.bytesToStream()).isEqualTo(length);
            assertThat(result.bytesToApplication()).isEqualTo(length);
        }
    }

    /** Netty's NIO channels of this kind know no half-close. */
    static Stream<Transport> unixTransports() {
        return transports().filter(transport -> transport != Transport.NIO);
    }

    @ParameterizedTest
    @MethodSource("unixTransports")
    void unixDomainSocketsHalfCloseToo(Transport transport, @TempDir Path dir) throws Exception {
        byte[] question = random(6, 100_000);
        String path = dir.resolve("s").toString();
        EventLoopGroup loops = transport.newEventLoopGroup(1, "unix-target");
        resources.add(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync());
        // The target is a relay's own counterpart: it echoes, and ends its direction when the other side does.
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(transport.unixServerChannel())
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ctx.writeAndFlush(message);
                    }

                    @Override
                    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                        ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte(42)).addListener(ChannelFutureListener.CLOSE);
                    }
                })
                .bind(transport.unixAddress(path))
                .syncUninterruptibly()
                .channel();
        resources.add(() -> listening.close().sync());
        Socket client = connect(startRelay(transport, RelayOptions.DEFAULT, transport.unixAddress(path), true));
        Future<byte[]> echo = threads.submit(() -> client.getInputStream().readAllBytes());
        client.getOutputStream().write(question);
        client.shutdownOutput();
        byte[] all = echo.get();
        assertThat(Arrays.copyOf(all, question.length)).isEqualTo(question);
        assertThat(all).hasSizeGreaterThan(question.length);
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }
}
