package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import io.millrace.testkit.OwnThread;
import io.millrace.testkit.Payload;
import io.millrace.tunnel.client.TunnelClient;
import io.millrace.tunnel.server.TunnelServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Unix sockets on both sides of the tunnel. spec: tunnel 2.2, 3.3 */
@ExtendWith(NoBufferLeaks.class)
class UnixSocketsIT {
    private static final int SIGTERM_STATUS = 128 + 15;

    private static TunnelServer server(String target) throws IOException {
        return TunnelServer.start(ServerCommand.config(
                "-listen", "127.0.0.1:0", "-target", target, "-key", TunnelCase.KEY, "-smuxver", "2"));
    }

    private static TunnelClient client(String local, InetSocketAddress remote) throws IOException {
        return TunnelClient.start(ClientCommand.config(
                "-localaddr", local, "-remoteaddr", HostPort.format(remote), "-key", TunnelCase.KEY, "-smuxver", "2"));
    }

    private static ServerSocketChannel listen(Path path) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        return listener;
    }

    /** Sends back what it gets, and the end when it gets that. */
    private static CompletableFuture<Void> echoOnce(ServerSocketChannel listener) {
        return OwnThread.run(() -> {
            try (SocketChannel socket = listener.accept()) {
                ByteBuffer bytes = ByteBuffer.allocate(16_384);
                while (socket.read(bytes) >= 0) {
                    bytes.flip();
                    while (bytes.hasRemaining()) {
                        socket.write(bytes);
                    }
                    bytes.clear();
                }
            }
        });
    }

    // Those of java.nio.channels.Channels cannot read and write at the same time before Java 19.

    private static InputStream input(SocketChannel socket) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return socket.read(ByteBuffer.wrap(bytes, offset, length));
            }
        };
    }

    private static OutputStream output(SocketChannel socket) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    socket.write(buffer);
                }
            }
        };
    }

    /** Sends a payload, half-closes, and expects all of it back and the end. */
    private static void exchange(UnixDomainSocketAddress address, int bytes) throws Exception {
        Payload payload = new Payload(bytes, bytes);
        try (SocketChannel socket = SocketChannel.open(address)) {
            CompletableFuture<Void> sending = OwnThread.run(() -> {
                payload.writeTo(output(socket));
                socket.shutdownOutput();
            });
            payload.readFrom(input(socket));
            sending.join();
        }
    }

    @Test
    void carryDataAndHalfCloseOnBothSides(@TempDir Path folder) throws Exception {
        Path entrance = folder.resolve("entrance");
        Path exit = folder.resolve("exit");
        try (ServerSocketChannel target = listen(exit);
                TunnelServer server = server(exit.toString());
                TunnelClient client = client(entrance.toString(), server.localAddress())) {
            for (int bytes : new int[] {1, 100_000, 10_000_000}) {
                CompletableFuture<Void> served = echoOnce(target);
                exchange(UnixDomainSocketAddress.of(entrance), bytes);
                served.join();
            }
            assertThat(client.localAddress()).hasToString(entrance.toString());
        }
        assertThat(entrance).doesNotExist();
    }

    @Test
    void aTargetThatIsNotThereEndsTheConnectionOnly(@TempDir Path folder) throws Exception {
        Path entrance = folder.resolve("entrance");
        Path exit = folder.resolve("exit");
        try (TunnelServer server = server(exit.toString());
                TunnelClient client = client(entrance.toString(), server.localAddress())) {
            try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(entrance))) {
                assertThat(socket.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            try (ServerSocketChannel target = listen(exit)) {
                CompletableFuture<Void> served = echoOnce(target);
                exchange(UnixDomainSocketAddress.of(entrance), 1000);
                served.join();
            }
            assertThat(client.localAddress()).isNotNull();
        }
    }

    @Test
    void theFileOfADeadProgramIsReplacedAndThatOfALivingOneIsNot(@TempDir Path folder) throws Exception {
        Path entrance = folder.resolve("entrance");
        listen(entrance).close(); // leaves its file
        assertThat(entrance).exists();
        try (ExchangeServer target = new ExchangeServer();
                TunnelServer server = server(HostPort.format(target.address()))) {
            try (TunnelClient client = client(entrance.toString(), server.localAddress())) {
                Object fresh = fileKey(entrance);
                assertThat(client.localAddress()).isNotNull();
                assertThatThrownBy(() -> client(entrance.toString(), server.localAddress()))
                        .hasMessage("cannot listen on " + entrance + ": another program listens there");
                assertThat(fileKey(entrance)).isEqualTo(fresh);
            }
            Files.writeString(entrance, "not to be lost");
            assertThatThrownBy(() -> client(entrance.toString(), server.localAddress()))
                    .hasMessageContaining("there is something of that name, which is no socket");
            assertThat(entrance).hasContent("not to be lost");
            Path missing = folder.resolve("missing").resolve("entrance");
            assertThatThrownBy(() -> client(missing.toString(), server.localAddress()))
                    .hasMessageStartingWith("cannot listen on " + missing);
        }
    }

    private static Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    @Test
    void abstractSocketsHaveNoFile() throws Exception {
        String name = "@millrace-" + ProcessHandle.current().pid();
        try (ExchangeServer target = new ExchangeServer();
                TunnelServer outer = server(name);
                TunnelServer inner = server(HostPort.format(target.address()));
                TunnelClient listening = client(name, inner.localAddress());
                TunnelClient client = client("127.0.0.1:0", outer.localAddress())) {
            // Through both tunnels, the target of one being the entrance of the other.
            new ExchangeClient((InetSocketAddress) client.localAddress())
                    .runAll(Map.of("exchange", new Exchange(1, 100_000, 100_000, 999)));
            target.assertServed(1);
            assertThat(Path.of(name)).doesNotExist();
            assertThat(Files.readString(Path.of("/proc/net/unix"))).contains(name);
            assertThat(listening.localAddress()).isNotNull();
        }
    }

    @Test
    void aProgramRemovesItsFileWhenItStopsAndReplacesItAfterAKill(@TempDir Path folder) throws Exception {
        Path entrance = folder.resolve("entrance");
        try (ExchangeServer target = new ExchangeServer();
                TunnelServer server = server(HostPort.format(target.address()))) {
            for (boolean kill : new boolean[] {true, false}) {
                try (JavaProgram client = Programs.client()
                        .args("-localaddr", entrance.toString())
                        .args("-remoteaddr", HostPort.format(server.localAddress()))
                        .start()) {
                    client.awaitLine("listening on " + entrance + ", tunnel to ", Programs.START_TIMEOUT_MS);
                    SocketChannel.open(UnixDomainSocketAddress.of(entrance)).close();
                    if (kill) {
                        client.kill();
                        assertThat(entrance).exists();
                    } else {
                        assertThat(ProcessHandle.of(client.pid()).orElseThrow().destroy())
                                .isTrue();
                        assertThat(client.awaitExit(Programs.START_TIMEOUT_MS)).isEqualTo(SIGTERM_STATUS);
                        assertThat(entrance).doesNotExist();
                    }
                }
            }
        }
    }
}
