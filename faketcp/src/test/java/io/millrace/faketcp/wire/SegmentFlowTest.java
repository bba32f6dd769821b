package io.millrace.faketcp.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What a segment carries, and which numbers follow from which. spec: tunnel 7.4, 7.5 */
class SegmentFlowTest {
    private static final int CLIENT_PORT = 40_000;
    private static final int SERVER_PORT = 29_900;

    private final ReceivedSegment segment = new ReceivedSegment();

    private static SegmentFlow client() {
        return new SegmentFlow(Bytes.IPV4_CLIENT, CLIENT_PORT, Bytes.IPV4_SERVER, SERVER_PORT, 46);
    }

    private static SegmentFlow server() {
        return new SegmentFlow(Bytes.IPV4_SERVER, SERVER_PORT, Bytes.IPV4_CLIENT, CLIENT_PORT, 0);
    }

    private static ByteBuf write(SegmentFlow flow, byte[] payload, int timestamp) {
        ByteBuf out = Unpooled.buffer();
        flow.write(Unpooled.wrappedBuffer(payload), 0, payload.length, timestamp, out);
        return out;
    }

    /** As the kernel of the sender completes it. */
    private static ByteBuf sent(ByteBuf ipv4Packet) {
        return ipv4Packet.setShort(2, ipv4Packet.readableBytes());
    }

    private void receive(SegmentFlow flow, ByteBuf packet) {
        assertThat(segment.parseIpv4(packet)).isNull();
        flow.onReceived(segment);
    }

    @Test
    void theFirstSegmentOfAClientFollowsTheHandshake() {
        SegmentFlow flow = client();
        receive(flow, Bytes.of(Bytes.SYN_ACK));
        assertThat(flow.headerBytes()).isEqualTo(52);
        assertThat(Bytes.hex(write(flow, "datagram!".getBytes(US_ASCII), 0xcafe0001)))
                .isEqualTo(Bytes.IPV4);
    }

    @Test
    void overIpv6TheHeaderIsWhole() {
        byte[] server = new byte[16];
        server[0] = (byte) 0xfd;
        server[1] = 0x09;
        byte[] client = server.clone();
        server[15] = 1;
        client[15] = 2;
        SegmentFlow flow = new SegmentFlow(server, 29_900, client, 40_001, 46);
        SegmentFlow peer = new SegmentFlow(client, 40_001, server, 29_900, 0);
        // The client acknowledges 0xfffffff0 - 16 and has sent nothing: sequence number 0, an ack is all we take from
        // it.
        ByteBuf first = write(peer, new byte[] {1}, 0).skipBytes(40);
        first.setInt(first.readerIndex() + 4, 0).setInt(first.readerIndex() + 8, 0xfffffff0);
        assertThat(segment.parseIpv6(first)).isNull();
        flow.onReceived(segment);
        byte[] payload = new byte[16];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) i;
        }
        ByteBuf packet = write(flow, payload, 5);
        assertThat(flow.headerBytes()).isEqualTo(72);
        assertThat(Bytes.hex(packet)).isEqualTo(Bytes.IPV6);
        assertThat(segment.parseIpv6(packet.skipBytes(40))).isNull();
        assertThat(peer.isIntact(segment)).isTrue();
    }

    @Test
    void eachSegmentGoesOnWhereTheLastOneEnded() {
        SegmentFlow flow = client();
        receive(flow, Bytes.of(Bytes.SYN_ACK));
        assertThat(segmentOf(write(flow, new byte[9], 0)).seq()).isEqualTo(0x11223344);
        assertThat(segmentOf(write(flow, new byte[100], 0)).seq()).isEqualTo(0x1122334d);
        assertThat(segmentOf(write(flow, new byte[1], 0)).seq()).isEqualTo(0x112233b1);
    }

    private ReceivedSegment segmentOf(ByteBuf packet) {
        assertThat(segment.parseIpv4(sent(packet))).isNull();
        return segment;
    }

    @Test
    void anAnswerMovesTheAcknowledgement() {
        SegmentFlow flow = client();
        receive(flow, Bytes.of(Bytes.SYN_ACK));
        write(flow, "datagram!".getBytes(US_ASCII), 0);
        receive(flow, Bytes.of(Bytes.ANSWER_2021));
        assertThat(flow.isIntact(segment)).isTrue();
        assertThat(segment.hasDatagram()).isTrue();
        ReceivedSegment next = segmentOf(write(flow, new byte[1], 0));
        assertThat(next.ack()).isEqualTo(0x55667788 + 6);
        assertThat(next.seq()).isEqualTo(0x11223344 + 9);
    }

    @Test
    void theTimestampOfThePeerIsEchoedUntilANewerOneComes() {
        SegmentFlow client = client();
        SegmentFlow server = server();
        receive(client, Bytes.of(Bytes.SYN_ACK));
        assertThat(echo(write(client, new byte[1], 9))).isEqualTo(0x01020304);
        receive(client, Bytes.of(Bytes.ANSWER_2021)); // has none
        assertThat(echo(write(client, new byte[1], 10))).isEqualTo(0x01020304);
        receive(client, sent(write(server, new byte[1], 77)));
        assertThat(echo(write(client, new byte[1], 11))).isEqualTo(77);
    }

    private static int echo(ByteBuf packet) {
        return packet.getInt(48);
    }

    /** Nothing was seen of the handshake, as when an accepted connection is made known a little late. */
    @Test
    void aFlowBeginsInTheMiddle() {
        SegmentFlow server = server();
        receive(server, sent(Bytes.of(Bytes.IPV4)));
        ReceivedSegment answer = segmentOf(write(server, new byte[3], 0));
        assertThat(answer.seq()).isEqualTo(0x55667788);
        assertThat(answer.ack()).isEqualTo(0x11223344 + 9);
    }

    /** After a loss the peer's acknowledgement stays, and takes our number back to it; then both are in step again. */
    @Test
    void aLossIsHealed() {
        SegmentFlow client = client();
        SegmentFlow server = server();
        receive(client, Bytes.of(Bytes.SYN_ACK));
        receive(server, sent(write(client, new byte[10], 0)));
        write(client, new byte[20], 0); // lost
        receive(server, sent(write(client, new byte[30], 0))); // out of order: not acknowledged
        receive(client, sent(write(server, new byte[5], 0)));
        ReceivedSegment repeated = segmentOf(write(client, new byte[7], 0));
        assertThat(repeated.seq()).isEqualTo(0x11223344 + 10);
        server.onReceived(repeated);
        assertThat(segmentOf(write(server, new byte[1], 0)).ack()).isEqualTo(0x11223344 + 17);
    }

    @Test
    void numbersWrapAround() {
        SegmentFlow server = server();
        ByteBuf first = sent(Bytes.of(Bytes.IPV4));
        first.setInt(24, -4);
        receive(server, first);
        assertThat(segmentOf(write(server, new byte[1], 0)).ack()).isEqualTo(5);
    }

    @Test
    void finCountsAsAByteAndAResetAsNone() {
        SegmentFlow server = server();
        receive(server, sent(Bytes.of(Bytes.IPV4)));
        ByteBuf fin = Bytes.of(Bytes.IPV4).writerIndex(52).setByte(33, 0x11);
        fin.setInt(24, 0x11223344 + 9);
        receive(server, sent(fin));
        assertThat(segmentOf(write(server, new byte[1], 0)).ack()).isEqualTo(0x11223344 + 10);
        ByteBuf reset = Bytes.of(Bytes.IPV4).writerIndex(52).setByte(33, 0x04);
        reset.setInt(24, 0x11223344 + 10).setInt(28, 1);
        receive(server, sent(reset));
        ReceivedSegment next = segmentOf(write(server, new byte[1], 0));
        assertThat(next.ack()).isEqualTo(0x11223344 + 10);
        assertThat(next.seq()).isEqualTo(0x55667789); // without ACK the number acknowledged means nothing
    }

    @Property
    void whatIsWrittenIsIntactAndAnyFlippedBitShows(
            @ForAll @Size(min = 1, max = 60) byte[] payload, @ForAll int timestamp, @ForAll int bit) {
        SegmentFlow client = client();
        SegmentFlow server = server();
        receive(client, Bytes.of(Bytes.SYN_ACK));
        ByteBuf packet = sent(write(client, payload, timestamp));
        assertThat(segment.parseIpv4(packet)).isNull();
        assertThat(server.isIntact(segment)).isTrue();
        byte[] arrived = new byte[segment.payloadBytes()];
        packet.getBytes(segment.payloadIndex(), arrived);
        assertThat(arrived).isEqualTo(payload);
        assertThat(segment.sourcePort()).isEqualTo(CLIENT_PORT);
        assertThat(segment.destinationPort()).isEqualTo(SERVER_PORT);
        assertThat(segment.hasTimestamp()).isTrue();
        assertThat(segment.timestamp()).isEqualTo(timestamp);

        int position = Math.floorMod(bit, 8 * (32 + payload.length));
        int octet = 20 + position / 8;
        packet.setByte(octet, packet.getByte(octet) ^ (1 << (position % 8)));
        assertThat(segment.parseIpv4(packet) != null || !server.isIntact(segment))
                .isTrue();
    }

    @Test
    void anOddPayloadAmongOthersIsSummedRight() {
        SegmentFlow client = client();
        byte[] payload = new byte[1401];
        Arrays.fill(payload, (byte) 0xa5);
        ByteBuf packet = sent(write(client, payload, 1));
        assertThat(segment.parseIpv4(packet)).isNull();
        assertThat(server().isIntact(segment)).isTrue();
    }
}
