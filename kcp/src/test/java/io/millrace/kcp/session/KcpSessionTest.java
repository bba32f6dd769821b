package io.millrace.kcp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.Kcp.FlushMode;
import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import io.millrace.kcp.fec.FecAgreement;
import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.millrace.kcp.wire.PacketBurst;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KcpSessionTest {
    private static final TunnelKey KEY = TunnelKey.derive(new byte[] {1});
    private static final int CONV = 7;
    private static final int HEADER_BYTES = 20;
    private static final int MTU_BYTES = 300;
    private static final int PAYLOAD_BYTES = 8 * (MTU_BYTES - HEADER_BYTES - 8 - 24);
    private static final KcpConfig KCP = new KcpConfig(MTU_BYTES, 128, 128, true, 10, 2, false, false);

    /** 4 data and 2 parity packets a group, cipher {@code none}. */
    private static KcpSession session(List<byte[]> sent) {
        SharedResources shared = SharedResources.create(PacketCiphers.create("none", KEY), 64);
        SessionConfig config = new SessionConfig(KCP, 4, 2);
        return new KcpSession(CONV, config, shared, burst -> take(burst, sent), 0);
    }

    private static void take(PacketBurst burst, List<byte[]> sent) {
        for (int i = 0; i < burst.count(); i++) {
            int start = burst.offset(i);
            sent.add(Arrays.copyOfRange(burst.bytes(), start + HEADER_BYTES, start + burst.length(i)));
        }
        burst.clear();
    }

    /** A parity packet of a peer that finds numbers by itself: from then on it gets parity. */
    private static void showFec(KcpSession session) {
        byte[] parity = new byte[100];
        FecHeader.writeParity(parity, 0, FecAgreement.FIRST_SEQ_ID + 6); // the fifth of its six
        session.input(parity, 0, parity.length, 0);
        assertThat(session.fecAgreement().sending()).isEqualTo(FecAgreement.Sending.CODING);
    }

    /** PUSH number {@code sn} as a packet body, behind {@code headerBytes}. */
    private static byte[] push(int sn, int headerBytes) {
        byte[] packet = new byte[headerBytes + KcpSegmentHeader.BYTES + 10];
        KcpSegmentHeader.write(packet, headerBytes, CONV, KcpSegmentHeader.CMD_PUSH, 128, 0, sn, 0, 10);
        return packet;
    }

    @Test
    void aPeerThatShowedNothingGetsLonePacketsOfTheSamePayload() {
        List<byte[]> wire = new ArrayList<>();
        KcpSession sender = session(wire);
        sender.send(Unpooled.wrappedBuffer(new byte[PAYLOAD_BYTES]), PAYLOAD_BYTES);
        sender.flush(FlushMode.FULL, 0);
        assertThat(wire).hasSize(8).allSatisfy(packet -> {
            assertThat(packet).hasSize(MTU_BYTES - HEADER_BYTES);
            assertThat(FecHeader.type(packet, 0)).isEqualTo(FecHeader.TYPE_DATA);
        });
        sender.release();
    }

    /** Takes bursts of four packets, and after each it wants to be asked again. */
    private static final class Narrow implements BurstOutput {
        final List<byte[]> sent = new ArrayList<>();
        boolean full;

        @Override
        public void send(PacketBurst burst) {
            take(burst, sent);
            full = true;
        }

        @Override
        public boolean takesMore() {
            return !full;
        }
    }

    @Test
    void whatTheOutputDoesNotTakeStaysDue() {
        SharedResources shared = SharedResources.create(PacketCiphers.create("none", KEY), 4);
        Narrow output = new Narrow();
        KcpSession sender = new KcpSession(CONV, new SessionConfig(KCP, 0, 0), shared, output, 0);
        sender.send(Unpooled.wrappedBuffer(new byte[PAYLOAD_BYTES]), PAYLOAD_BYTES);
        sender.flush(FlushMode.FULL, 0);
        assertThat(output.sent).hasSize(5); // the fifth was begun
        assertThat(sender.msUntilFlush(0)).isZero();
        output.full = false;
        sender.flush(FlushMode.FULL, 0);
        assertThat(output.sent).hasSize(8);
        assertThat(sender.msUntilFlush(0)).isPositive();
        output.full = false;
        sender.flush(FlushMode.FULL, 200); // all are overdue
        assertThat(output.sent).hasSize(8 + 5);
        assertThat(sender.msUntilFlush(200)).isZero();
        sender.release();
    }

    /** A peer that is told of a gap repeats what FEC is about to bring. */
    @Test
    void manyAcknowledgementsLeaveAtOnceButNotWithAGapThatFecMayClose() {
        List<byte[]> wire = new ArrayList<>();
        KcpSession sender = session(wire);
        showFec(sender);
        sender.send(Unpooled.wrappedBuffer(new byte[2 * PAYLOAD_BYTES]), 2 * PAYLOAD_BYTES);
        sender.flush(FlushMode.FULL, 0);
        List<byte[]> data = wire.stream()
                .filter(packet -> FecHeader.type(packet, 0) == FecHeader.TYPE_DATA)
                .toList();
        assertThat(data).hasSize(16);

        KcpSession withFec = session(new ArrayList<>());
        KcpSession without = session(new ArrayList<>());
        for (byte[] packet : data.subList(1, 16)) {
            withFec.input(packet, 0, packet.length, 0);
            without.input(packet, FecHeader.BYTES, packet.length - FecHeader.BYTES, 0);
        }
        assertThat(without.flushWanted()).isEqualTo(FlushMode.ACK_ONLY);
        assertThat(withFec.flushWanted()).isEqualTo(FlushMode.NONE);
        assertThat(withFec.msUntilFlush(0)).isBetween(1, KCP.intervalMs());
        withFec.input(data.get(0), 0, data.get(0).length, 0);
        assertThat(withFec.flushWanted()).isEqualTo(FlushMode.ACK_ONLY);
        sender.release();
        withFec.release();
        without.release();
    }

    @Test
    void aPeerWithoutFecGetsNone() {
        List<byte[]> wire = new ArrayList<>();
        KcpSession session = session(wire);
        byte[] other = push(0, 0);
        other[0]++; // another conversation says nothing
        session.input(other, 0, other.length, 0);
        assertThat(session.fecAgreement().sending()).isEqualTo(FecAgreement.Sending.ANNOUNCING);
        byte[] plain = push(0, 0);
        session.input(plain, 0, plain.length, 0);
        session.send(Unpooled.wrappedBuffer(new byte[100]), 100);
        session.flush(FlushMode.FULL, 0);
        assertThat(wire).hasSize(1);
        assertThat(KcpSegmentHeader.conv(wire.get(0), 0)).isEqualTo(CONV);
        assertThat(KcpSegmentHeader.cmd(wire.get(0), 0)).isEqualTo(KcpSegmentHeader.CMD_ACK);
        assertThat(session.fecAgreement().takeNews()).isTrue();
        session.release();
    }

    @Test
    void lostPacketsComeBackAndAreCountedAfterTheEndToo() {
        List<byte[]> wire = new ArrayList<>();
        KcpSession sender = session(wire);
        showFec(sender);
        KcpSession receiver = session(new ArrayList<>());
        byte[] payload = new byte[PAYLOAD_BYTES];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (i * 31 + (i >> 8));
        }
        ByteBuf source = Unpooled.wrappedBuffer(payload);
        sender.send(source, payload.length);
        sender.flush(FlushMode.FULL, 0);
        assertThat(wire).hasSize(12);
        assertThat(wire).allSatisfy(packet -> assertThat(packet).hasSize(MTU_BYTES - HEADER_BYTES));
        assertThat(sender.stats().parityPktsSent).isEqualTo(4);

        for (int i = 0; i < wire.size(); i++) {
            if (i != 7 && i != 9) { // two data packets of the second group, after the first has shown the numbers
                byte[] packet = wire.get(i);
                receiver.input(packet, 0, packet.length, 30);
            }
        }
        ByteBuf received = Unpooled.buffer(PAYLOAD_BYTES);
        receiver.read(received);
        assertThat(received.readableBytes()).isEqualTo(payload.length);
        assertThat(Arrays.mismatch(received.array(), payload)).isEqualTo(-1);

        sender.release();
        receiver.release();
        assertThat(receiver.fecDecoder()).isNotNull();
        assertThat(receiver.fecDecoder().fecRecovered()).isEqualTo(2);
        assertThat(receiver.stats().inPkts).isEqualTo(10);
    }
}
