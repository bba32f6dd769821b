package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.millrace.smux.core.FrameHeader;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.Payload;
import io.millrace.tunnel.client.TunnelClient;
import io.millrace.tunnel.server.TunnelServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What settings make of a client's packets. They are neither encrypted nor compressed, and there is no FEC: a datagram is KCP segments, and
 * what these carry is smux frames. spec: kcp 1.6, smux 2
 */
@ExtendWith(NoBufferLeaks.class)
class WireSettingsIT {
    private static final int BYTES = 100_000;
    /** What a session may send to a peer that has not told its window. */
    private static final int FIRST_WINDOW_SEGMENTS = 32;

    /** A server that reads and gives no answer; and what it has read. */
    private static final class SilentServer implements AutoCloseable {
        final Set<Integer> windows = new HashSet<>();
        int largestDatagramBytes;
        /** How often the first segment came. */
        int firstCame;

        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        private final ClientStream stream = new ClientStream();

        SilentServer() throws IOException {
            socket.setSoTimeout(ScriptedTarget.TIMEOUT_MS);
        }

        InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        /** Waits until so many different segments have come, and the first one so many times more. */
        ClientStream receive(int segments, int timesAgain) throws IOException {
            DatagramPacket datagram = new DatagramPacket(new byte[2000], 2000);
            int enough = Integer.MAX_VALUE;
            while (firstCame < enough) {
                socket.receive(datagram);
                byte[] bytes = Arrays.copyOf(datagram.getData(), datagram.getLength());
                largestDatagramBytes = Math.max(largestDatagramBytes, bytes.length);
                stream.read(bytes, this::onSegment);
                if (enough == Integer.MAX_VALUE && stream.segments() >= segments) {
                    enough = firstCame + timesAgain;
                }
            }
            return stream;
        }

        private void onSegment(byte[] bytes, int at) {
            windows.add(KcpSegmentHeader.wnd(bytes, at));
            firstCame += KcpSegmentHeader.sn(bytes, at) == 0 ? 1 : 0;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** The bytes of a client's first session, put together from its segments. */
    private static final class ClientStream {
        private interface Look {
            void at(byte[] bytes, int header);
        }

        private final TreeMap<Integer, byte[]> payloads = new TreeMap<>();
        private int conv;

        void read(byte[] datagram, Look look) {
            int at = 0;
            conv = payloads.isEmpty() ? KcpSegmentHeader.conv(datagram, 0) : conv;
            while (at < datagram.length && KcpSegmentHeader.conv(datagram, at) == conv) {
                look.at(datagram, at);
                int next = at + KcpSegmentHeader.BYTES + (int) KcpSegmentHeader.len(datagram, at);
                if (KcpSegmentHeader.cmd(datagram, at) == KcpSegmentHeader.CMD_PUSH) {
                    payloads.put(
                            KcpSegmentHeader.sn(datagram, at),
                            Arrays.copyOfRange(datagram, at + KcpSegmentHeader.BYTES, next));
                }
                at = next;
            }
        }

        int segments() {
            return payloads.size();
        }

        /** What the frames of one command carry, of all that are whole. */
        List<ByteBuf> frames(int command) {
            ByteBuf all = Unpooled.buffer();
            for (int sn = 0; payloads.containsKey(sn); sn++) {
                all.writeBytes(payloads.get(sn));
            }
            List<ByteBuf> frames = new ArrayList<>();
            while (all.readableBytes() >= FrameHeader.BYTES) {
                long header = all.readLongLE();
                if (all.readableBytes() < FrameHeader.length(header)) {
                    break;
                }
                ByteBuf payload = all.readSlice(FrameHeader.length(header));
                if (FrameHeader.command(header) == command) {
                    frames.add(payload);
                }
            }
            return frames;
        }

        int firstByte() {
            return Objects.requireNonNull(payloads.get(0))[0];
        }
    }

    private static TunnelClient client(InetSocketAddress server, String... flags) throws IOException {
        List<String> all =
                new ArrayList<>(List.of("-localaddr", "127.0.0.1:0", "-remoteaddr", HostPort.format(server)));
        Collections.addAll(all, "-key", TunnelCase.KEY, "-crypt", "null", "-nocomp", "-ds", "0", "-mode", "fast3");
        Collections.addAll(all, flags);
        return TunnelClient.start(ClientCommand.config(all.toArray(String[]::new)));
    }

    /** What the server has of an upload through a client with these flags; see {@link SilentServer#receive}. */
    private static ClientStream upload(SilentServer server, int segments, int timesAgain, String... flags)
            throws IOException {
        try (TunnelClient client = client(server.address(), flags);
                Socket application = ApplicationSocket.connect((InetSocketAddress) client.localAddress())) {
            new Payload(1, BYTES).writeTo(application.getOutputStream());
            return server.receive(segments, timesAgain);
        }
    }

    @Test
    void mtuIsTheSizeOfAFullDatagram() throws Exception {
        try (SilentServer server = new SilentServer()) {
            upload(server, FIRST_WINDOW_SEGMENTS, 0, "-mtu", "700");
            assertThat(server.largestDatagramBytes).isEqualTo(700);
        }
    }

    @Test
    void sndwndIsHowManySegmentsAreUnderWay() throws Exception {
        try (SilentServer server = new SilentServer()) {
            assertThat(upload(server, 7, 4, "-sndwnd", "7").segments()).isEqualTo(7);
        }
    }

    @Test
    void rcvwndIsTheWindowThatIsTold() throws Exception {
        try (SilentServer server = new SilentServer()) {
            upload(server, FIRST_WINDOW_SEGMENTS, 0, "-rcvwnd", "77");
            assertThat(server.windows).containsExactly(77);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1234, 9999})
    void framesizeIsTheLargestPayloadOfAFrame(int bytes) throws Exception {
        try (SilentServer server = new SilentServer()) {
            ClientStream stream = upload(server, FIRST_WINDOW_SEGMENTS, 0, "-framesize", Integer.toString(bytes));
            assertThat(stream.frames(FrameHeader.PSH).stream()
                            .mapToInt(ByteBuf::readableBytes)
                            .max())
                    .hasValue(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void smuxverIsTheFirstByte(int version) throws Exception {
        try (SilentServer server = new SilentServer()) {
            assertThat(upload(server, 1, 0, "-smuxver", Integer.toString(version))
                            .firstByte())
                    .isEqualTo(version);
        }
    }

    /** It is told with the first bytes that were read, so here somebody answers. */
    @Test
    void streambufIsTheWindowOfAStream() throws Exception {
        ClientStream stream = new ClientStream();
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    new Payload(1, BYTES).writeTo(socket.getOutputStream());
                    socket.getInputStream().read(); // to its end
                });
                TunnelServer server = TunnelServer.start(ServerCommand.config(
                        "-listen", "127.0.0.1:0", "-target", HostPort.format(target.address()), "-crypt", "null"));
                UdpTap tap = new UdpTap(server.localAddress());
                TunnelClient client = client(tap.address(), "-streambuf", "65432");
                Socket application = ApplicationSocket.connect((InetSocketAddress) client.localAddress())) {
            assertThat(application.getInputStream().readNBytes(BYTES)).isEqualTo(new Payload(1, BYTES).bytes());
            await().until(() -> {
                tap.fromClient().forEach(datagram -> stream.read(datagram, (bytes, at) -> {}));
                return !stream.frames(FrameHeader.UPD).isEmpty();
            });
            assertThat(stream.frames(FrameHeader.UPD))
                    .allSatisfy(update -> assertThat(update.getIntLE(4)).isEqualTo(65432));
        }
    }
}
