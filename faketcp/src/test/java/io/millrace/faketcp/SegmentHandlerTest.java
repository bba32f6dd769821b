package io.millrace.faketcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.faketcp.wire.SegmentDropReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client and a server without the wire between them: what one's raw socket is given to send, the other's receives. */
class SegmentHandlerTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("10.9.0.1", 40_000);
    private static final InetSocketAddress SERVER = new InetSocketAddress("10.9.0.2", 29_900);

    private final List<SegmentDropReason> dropped = new ArrayList<>();
    private final EmbeddedChannel clientConnection = new EmbeddedChannel();
    private final EmbeddedChannel serverConnection = new EmbeddedChannel();
    private final SegmentHandler clientSegments = handler(CLIENT);
    private final SegmentHandler serverSegments = handler(SERVER);
    private final EmbeddedChannel client = new EmbeddedChannel();
    private final EmbeddedChannel server = new EmbeddedChannel();

    private SegmentHandler handler(InetSocketAddress local) {
        return new SegmentHandler(local, true, 2, () -> 1_795_000_000_123L, dropped::add);
    }

    @BeforeEach
    void connect() {
        client.freezeTime();
        server.freezeTime();
        client.pipeline().addLast(clientSegments);
        server.pipeline().addLast(serverSegments);
        client.pipeline().fireChannelActive();
        server.pipeline().fireChannelActive();
        assertThat(clientSegments
                        .flows()
                        .add(new Flow(CLIENT, SERVER, 0, clientConnection, SegmentHandler.nowMs(client))))
                .isTrue();
        assertThat(serverSegments
                        .flows()
                        .add(new Flow(SERVER, CLIENT, 0, serverConnection, SegmentHandler.nowMs(server))))
                .isTrue();
    }

    @AfterEach
    void nothingIsKept() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
        assertThat(clientConnection.isOpen() || serverConnection.isOpen()).isFalse();
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, US_ASCII);
    }

    private static String text(DatagramPacket packet) {
        return packet.content().toString(US_ASCII);
    }

    /** What the kernel does with a packet between the two raw sockets. */
    private static DatagramPacket carried(DatagramPacket packet, InetAddress sender) {
        ByteBuf bytes = packet.content();
        bytes.setShort(bytes.readerIndex() + 2, bytes.readableBytes());
        return new DatagramPacket(bytes, SERVER, new InetSocketAddress(sender, 0));
    }

    private DatagramPacket fromClient() {
        DatagramPacket packet = client.readOutbound();
        assertThat(packet.recipient()).isEqualTo(new InetSocketAddress(SERVER.getAddress(), 0));
        return carried(packet, CLIENT.getAddress());
    }

    @Test
    void datagramsArriveBothWaysWithTheAddressesOfTheConnection() {
        assertThat(client.writeOutbound(new DatagramPacket(text("question"), SERVER)))
                .isTrue();
        server.writeInbound(fromClient());
        DatagramPacket question = server.readInbound();
        assertThat(text(question)).isEqualTo("question");
        assertThat(question.sender()).isEqualTo(CLIENT);
        assertThat(question.recipient()).isEqualTo(SERVER);

        server.writeOutbound(new DatagramPacket(text("answer"), question.sender()));
        client.writeInbound(carried(server.readOutbound(), SERVER.getAddress()));
        DatagramPacket answer = client.readInbound();
        assertThat(text(answer)).isEqualTo("answer");
        assertThat(answer.sender()).isEqualTo(SERVER);
        question.release();
        answer.release();
        assertThat(dropped).isEmpty();
    }

    @Test
    void aSegmentedDatagramBecomesOneSegmentForEachPart() {
        client.writeOutbound(new SegmentedDatagramPacket(text("aaaabbbbcc"), 4, SERVER));
        for (String part : List.of("aaaa", "bbbb", "cc")) {
            server.writeInbound(fromClient());
            DatagramPacket datagram = server.readInbound();
            assertThat(text(datagram)).isEqualTo(part);
            datagram.release();
        }
        assertThat(client.<Object>readOutbound()).isNull();
    }

    @Test
    void theTimestampIsTheTimeInMilliseconds() {
        client.writeOutbound(new DatagramPacket(text("x"), SERVER));
        DatagramPacket packet = client.readOutbound();
        assertThat(packet.content().getInt(44)).isEqualTo((int) 1_795_000_000_123L);
        packet.release();
    }

    @Test
    void aWriteSucceedsEvenWithoutAFlow() {
        ChannelPromise promise = client.newPromise();
        client.writeAndFlush(new DatagramPacket(text("x"), CLIENT), promise);
        assertThat(promise.isSuccess()).isTrue();
        assertThat(client.<Object>readOutbound()).isNull();
        assertThat(dropped).containsExactly(SegmentDropReason.NO_FLOW);
        client.writeOutbound(new DatagramPacket(Unpooled.buffer(), SERVER));
        assertThat(client.<Object>readOutbound()).isNull();
    }

    @Test
    void whatIsWrongIsCountedByReasonAndDropped() {
        client.writeOutbound(new DatagramPacket(text("datagram"), SERVER));
        DatagramPacket good = fromClient();
        byte[] bytes = ByteBufUtil.getBytes(good.content());
        good.release();
        receive(bytes, 40, 1, SegmentDropReason.BAD_CHECKSUM);
        receive(bytes, 23, 1, SegmentDropReason.OTHER_PORT);
        receive(bytes, 21, 1, SegmentDropReason.NO_FLOW);
        receive(bytes, 9, 1, SegmentDropReason.MALFORMED);
        receive(bytes, 2, 0x40, SegmentDropReason.TOO_LONG);
        assertThat(server.<Object>readInbound()).isNull();
        server.writeInbound(carried(new DatagramPacket(Unpooled.wrappedBuffer(bytes), SERVER), SERVER.getAddress()));
        assertThat(dropped).hasSize(6).endsWith(SegmentDropReason.NO_FLOW);
        assertThat(serverSegments.dropped(SegmentDropReason.NO_FLOW)).isEqualTo(2);

        server.writeInbound(carried(new DatagramPacket(Unpooled.wrappedBuffer(bytes), SERVER), CLIENT.getAddress()));
        DatagramPacket datagram = server.readInbound();
        assertThat(text(datagram)).isEqualTo("datagram");
        datagram.release();
    }

    private void receive(byte[] good, int index, int flip, SegmentDropReason reason) {
        byte[] bad = good.clone();
        bad[index] ^= (byte) flip;
        server.writeInbound(
                new DatagramPacket(Unpooled.wrappedBuffer(bad), SERVER, new InetSocketAddress(CLIENT.getAddress(), 0)));
        assertThat(dropped).endsWith(reason);
        assertThat(serverSegments.dropped(reason)).isOne();
    }

    @Test
    void acknowledgementsOfTheKernelAreNoDatagrams() {
        client.writeOutbound(new DatagramPacket(text("x"), SERVER));
        DatagramPacket packet = fromClient();
        packet.content().setByte(33, 0x10); // without PSH, and the checksum goes with it
        packet.content().writerIndex(packet.content().writerIndex() - 1);
        server.writeInbound(carried(packet, CLIENT.getAddress()));
        assertThat(server.<Object>readInbound()).isNull();
        assertThat(dropped).isEmpty();
    }

    @Test
    void aSilentFlowEndsWithItsConnection() {
        client.writeOutbound(new DatagramPacket(text("x"), SERVER));
        server.writeInbound(fromClient());
        server.releaseInbound();
        pass(server, FlowTable.SILENCE_MS - 5000);
        assertThat(serverConnection.isOpen()).isTrue();
        pass(server, 10_000);
        assertThat(serverConnection.isOpen()).isFalse();
        assertThat(serverSegments.flows().size()).isZero();

        assertThat(clientConnection.isOpen()).isTrue();
        pass(client, FlowTable.UNUSED_MS + 5000);
        assertThat(clientConnection.isOpen()).as("never heard of").isFalse();
    }

    private static void pass(EmbeddedChannel channel, long ms) {
        for (long passed = 0; passed < ms; passed += 1000) {
            channel.advanceTimeBy(1000, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    @Test
    void closingEndsTheConnections() {
        server.close();
        assertThat(serverConnection.isOpen()).isFalse();
        assertThat(server.runScheduledPendingTasks())
                .as("nothing is left to run")
                .isEqualTo(-1);
    }
}
