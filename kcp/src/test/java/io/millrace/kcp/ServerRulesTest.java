package io.millrace.kcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.millrace.kcp.wire.PacketBurst;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.ByteArrayOutputStream;
import java.lang.ref.WeakReference;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server's socket as a hand-made client sees it: the probes of the spec and the rules for sessions. */
@Timeout(60)
class ServerRulesTest {
    private static final int CONV_A = 0xa;
    private static final int CONV_B = 0xb;

    /** Reads everything and answers nothing. */
    @ChannelHandler.Sharable
    private static class Drain extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
            // released by the base class
        }
    }

    private Loopback loopback = newLoopback();
    private final PacketCipher cipher = newCipher();
    private InetSocketAddress server = new InetSocketAddress(0);

    private static PacketCipher newCipher() {
        return PacketCiphers.create("none", Loopback.KEY);
    }

    private static Loopback newLoopback() {
        return new Loopback(Loopback.Transport.EPOLL, Loopback.config(10, 3), "none");
    }

    @BeforeEach
    void start() throws Exception {
        server = loopback.bind(new KcpServerLimits(2, 500), new Drain());
    }

    @AfterEach
    void stop() {
        loopback.close();
    }

    private static byte[] segment(int conv, int cmd, int ts, int sn, String payload) {
        byte[] bytes = new byte[KcpSegmentHeader.BYTES + payload.length()];
        KcpSegmentHeader.write(bytes, 0, conv, cmd, 128, ts, sn, 0, payload.length());
        for (int i = 0; i < payload.length(); i++) {
            bytes[KcpSegmentHeader.BYTES + i] = (byte) payload.charAt(i);
        }
        return bytes;
    }

    private static byte[] push(int conv, int ts, int sn) {
        return segment(conv, KcpSegmentHeader.CMD_PUSH, ts, sn, "x");
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private void send(DatagramSocket socket, byte[] body) throws Exception {
        PacketBurst burst = new PacketBurst(1, 1500);
        int at = burst.begin();
        System.arraycopy(body, 0, burst.bytes(), at + cipher.headerBytes(), body.length);
        burst.commit(cipher.headerBytes() + body.length);
        cipher.seal(burst);
        socket.send(new DatagramPacket(burst.bytes(), burst.totalBytes(), server));
    }

    /** The segments of the next packet as "cmd conv sn ts una", or nothing if none comes in time. */
    private List<String> receive(DatagramSocket socket, int timeoutMs) throws Exception {
        socket.setSoTimeout(timeoutMs);
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            return List.of();
        }
        byte[] bytes = packet.getData();
        int at = cipher.open(bytes, 0, packet.getLength());
        assertThat(at).isPositive();
        assertThat(FecHeader.type(bytes, at))
                .as("to a client without FEC, without FEC")
                .isNotEqualTo(FecHeader.TYPE_DATA);
        List<String> segments = new ArrayList<>();
        while (packet.getLength() - at >= KcpSegmentHeader.BYTES) {
            segments.add(KcpSegmentHeader.cmd(bytes, at)
                    + " conv " + KcpSegmentHeader.conv(bytes, at)
                    + " sn " + KcpSegmentHeader.sn(bytes, at)
                    + " ts " + KcpSegmentHeader.ts(bytes, at)
                    + " una " + KcpSegmentHeader.una(bytes, at));
            at += KcpSegmentHeader.BYTES + (int) KcpSegmentHeader.len(bytes, at);
        }
        return segments;
    }

    private static DatagramSocket socket() throws Exception {
        return new DatagramSocket(0, InetAddress.getLoopbackAddress());
    }

    private void awaitEvent(String event) {
        Awaitility.await().until(() -> loopback.events.contains(event));
    }

    /** spec: kcp 10.7 a to e */
    @Test
    void shouldAnswerLikeUpstream() throws Exception {
        try (DatagramSocket client = socket()) {
            send(client, push(CONV_A, 1, 0));
            assertThat(receive(client, 5000)).containsExactly("82 conv 10 sn 0 ts 1 una 1");
            send(client, join(push(CONV_A, 7, 0), push(CONV_A, 8, 1)));
            assertThat(receive(client, 5000)).containsExactly("82 conv 10 sn 1 ts 8 una 2");
            send(client, push(CONV_A, 9, 0));
            assertThat(receive(client, 5000)).containsExactly("82 conv 10 sn 0 ts 9 una 2");
            send(client, segment(CONV_A, KcpSegmentHeader.CMD_WASK, 0, 0, ""));
            assertThat(receive(client, 5000)).containsExactly("84 conv 10 sn 0 ts 0 una 2");
            send(client, push(CONV_B, 1, 5));
            awaitEvent("dropped OTHER_CONVERSATION");
            send(client, push(CONV_A, 10, 2));
            assertThat(receive(client, 5000)).containsExactly("82 conv 10 sn 2 ts 10 una 3");
        }
    }

    /** Unlike 10.7 f: only a PUSH with sn 0 replaces a session. spec: kcp 6.4 (hardening) */
    @Test
    void shouldReplaceASessionOnlyOnTheFirstPushOfAnother() throws Exception {
        try (DatagramSocket client = socket()) {
            send(client, push(CONV_A, 1, 0));
            assertThat(receive(client, 5000)).hasSize(1);
            send(client, segment(CONV_B, KcpSegmentHeader.CMD_WASK, 0, 0, ""));
            send(client, segment(CONV_B, KcpSegmentHeader.CMD_ACK, 0, 0, ""));
            Awaitility.await()
                    .until(() -> loopback.events.stream()
                                    .filter("dropped OTHER_CONVERSATION"::equals)
                                    .count()
                            == 2);
            send(client, push(CONV_B, 3, 0));
            assertThat(receive(client, 5000)).containsExactly("82 conv 11 sn 0 ts 3 una 1");
            assertThat(loopback.events).contains("closed a REPLACED", "opened b");
        }
    }

    /** Unlike 10.7 g: a late ACK begins nothing. */
    @Test
    void shouldBeginASessionOnlyOnAPushWithinTheFirstWindow() throws Exception {
        try (DatagramSocket client = socket()) {
            send(client, segment(CONV_A, KcpSegmentHeader.CMD_ACK, 0, 1000, ""));
            send(client, segment(CONV_A, KcpSegmentHeader.CMD_WINS, 0, 0, ""));
            send(client, push(CONV_A, 0, 512));
            Awaitility.await()
                    .until(() -> loopback.events.stream()
                                    .filter("dropped NO_SESSION"::equals)
                                    .count()
                            == 3);
            assertThat(loopback.events).noneMatch(e -> e.startsWith("opened"));
            send(client, push(CONV_A, 4, 40)); // a first flight may come out of order
            assertThat(receive(client, 5000)).containsExactly("82 conv 10 sn 40 ts 4 una 0");
            awaitEvent("closed a NEVER_BEGAN");
        }
    }

    @Test
    void shouldRefuseSessionsBeyondTheLimit() throws Exception {
        try (DatagramSocket first = socket();
                DatagramSocket second = socket();
                DatagramSocket third = socket()) {
            send(first, push(1, 1, 0));
            send(second, push(2, 1, 0));
            send(third, push(3, 1, 0));
            awaitEvent("dropped TOO_MANY_SESSIONS");
            assertThat(receive(first, 5000)).hasSize(1);
            assertThat(receive(second, 5000)).hasSize(1);
            assertThat(loopback.events).filteredOn(e -> e.startsWith("opened")).hasSize(2);
        }
    }

    /** A full list of acknowledgements leaves in the middle of a batch; here it is all there is to send. */
    @Test
    void shouldSendAFullListOfAcknowledgementsThoughNothingFollows() throws Exception {
        int full = 1024;
        int perPacket = 50;
        try (DatagramSocket client = socket()) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            loopback.group.next().execute(sent::join); // so that all is read in one batch
            for (int i = 0; i < full; i += perPacket) {
                ByteArrayOutputStream packet = new ByteArrayOutputStream();
                for (int k = i; k < Math.min(full, i + perPacket); k++) {
                    packet.writeBytes(push(CONV_A, k, k % 100));
                }
                send(client, packet.toByteArray());
            }
            sent.complete(null);
            assertThat(receive(client, 5000)).containsExactly("82 conv 10 sn 23 ts 1023 una 100");
        }
    }

    @Test
    void shouldNotKeepAReplacedSessionInMemory() throws Exception {
        List<WeakReference<Channel>> sessions = new CopyOnWriteArrayList<>();
        @ChannelHandler.Sharable
        class Remembering extends Drain {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                sessions.add(new WeakReference<>(ctx.channel()));
            }
        }
        try (Loopback patient = newLoopback();
                DatagramSocket client = socket()) {
            server = patient.bind(new KcpServerLimits(2, 600_000), new Remembering());
            send(client, push(CONV_A, 1, 0));
            assertThat(receive(client, 5000)).hasSize(1);
            send(client, push(CONV_B, 1, 0));
            assertThat(receive(client, 5000)).hasSize(1);
            assertThat(sessions).hasSize(2);
            Awaitility.await().until(() -> {
                System.gc();
                return sessions.get(0).get() == null;
            });
        }
    }

    @Test
    void shouldNotSendToOneSessionWhatFailedForAnother() throws Exception {
        try (Loopback failing = new Loopback(
                        Loopback.Transport.EPOLL, Loopback.config(0, 0), () -> new FailingOnce(newCipher()));
                DatagramSocket first = socket();
                DatagramSocket second = socket()) {
            server = failing.bind(new KcpServerLimits(2, 600_000), new Drain());
            send(first, push(CONV_A, 1, 0));
            Awaitility.await()
                    .until(() -> failing.events.stream().anyMatch(event -> event.endsWith(FailingOnce.MESSAGE)));
            send(second, push(CONV_B, 1, 0));
            assertThat(receive(second, 5000)).containsExactly("82 conv 11 sn 0 ts 1 una 1");
            send(first, push(CONV_A, 2, 0));
            assertThat(receive(first, 5000)).containsExactly("82 conv 10 sn 0 ts 2 una 1");
        }
    }

    @Test
    void shouldDropWhatIsNotAPacket() throws Exception {
        try (DatagramSocket client = socket()) {
            client.send(new DatagramPacket(new byte[19], 19, server));
            awaitEvent("dropped TOO_SHORT");
            client.send(new DatagramPacket(new byte[60], 60, server));
            awaitEvent("dropped BAD_CHECKSUM");
            client.send(new DatagramPacket(new byte[1501], 1501, server));
            awaitEvent("dropped TOO_LONG");
            send(client, new byte[0]);
            awaitEvent("dropped NO_SESSION");
            send(client, push(CONV_A, 1, 0)); // and it lives on
            assertThat(receive(client, 5000)).hasSize(1);
        }
    }

    @Test
    void thereAreNoMoreSessionsThanHaveRoomInTheHeap() {
        assertThat(KcpServerLimits.fitting(128L << 20, 2).maxSessions()).isEqualTo(2048);
        assertThat(KcpServerLimits.fitting(64L << 30, 2)).isEqualTo(KcpServerLimits.DEFAULT);
        assertThat(KcpServerLimits.fitting(1 << 20, 1000).maxSessions()).isEqualTo(1);
    }
}
