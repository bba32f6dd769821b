package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.smux.core.FrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each row of spec: smux 20, but those by the clock, which are in {@link SessionTimeTest}, and the frames that are wrong by
 * themselves, which are in {@link FrameTableTest}.
 */
@SuppressWarnings("FutureReturnValueIgnored")
class HostileInputTest {
    private static Endpoint server(int version, SmuxLimits.Builder limits) {
        return Endpoint.server(Endpoint.config(version).limits(limits.build()).build());
    }

    @Test
    void streamsBeyondTheCapAreRefusedWithFinAndRepeatedExcessEndsTheSession() {
        Endpoint server = server(1, SmuxLimits.builder().maxPeerStreams(10).refusalRate(1, 5));
        for (int i = 0; i < 15; i++) {
            server.syn(3 + 2 * i);
        }
        assertThat(server.session.streamCount()).isEqualTo(10);
        assertThat(server.sent()).hasSize(5).allSatisfy(f -> {
            assertThat(f.command()).isEqualTo(FrameHeader.FIN);
            assertThat(f.id()).isGreaterThanOrEqualTo(23);
        });
        // Their data is data of unknown streams.
        server.psh(23, "x");
        assertThat(server.log.drops(SmuxDropReason.UNKNOWN_STREAM)).isEqualTo(1);
        server.accepted.get(0).stream().close();
        server.run();
        server.syn(101);
        assertThat(server.session.streamCount()).isEqualTo(10);
        assertThat(server.session.isClosed()).isFalse();
        server.syn(103);
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.STREAM_FLOOD);
        server.finish();
    }

    @Test
    void streamsOpenedTooFastAreRefused() {
        Endpoint server = server(1, SmuxLimits.builder().synRate(10, 20));
        for (int i = 0; i < 100; i++) {
            server.syn(3 + 2 * i);
            server.fin(3 + 2 * i);
            if (server.accepted.size() > i) {
                server.accepted.get(i).stream().close();
            }
            server.run();
        }
        assertThat(server.accepted).hasSize(20);
        assertThat(server.log.drops(SmuxDropReason.STREAM_REFUSED)).isEqualTo(80);
        server.advanceMs(1000);
        for (int i = 0; i < 100; i++) {
            server.syn(1003 + 2 * i);
        }
        assertThat(server.accepted).hasSize(30);
        server.finish();
    }

    @Test
    void aSessionThatTakesNoStreamsRefusesThem() {
        EmbeddedChannel parent = new EmbeddedChannel();
        SessionLog log = new SessionLog();
        parent.pipeline().addLast(SmuxSessionHandler.client(Endpoint.config(1).build(), log));
        parent.writeInbound(Endpoint.frame(1, FrameHeader.SYN, 2));
        ByteBuf answer = parent.readOutbound();
        assertThat(answer.readLongLE()).isEqualTo(FrameHeader.of(1, FrameHeader.FIN, 0, 2));
        answer.release();
        assertThat(log.drops(SmuxDropReason.STREAM_REFUSED)).isEqualTo(1);
        parent.finishAndReleaseAll();
    }

    @Test
    void moreThanTheWindowEndsTheSessionInVersion2() {
        Endpoint server = server(2, SmuxLimits.builder().receiveWindowSlackBytes(1000));
        server.acceptedAutoRead = false;
        server.syn(3);
        for (int i = 0; i < 4; i++) {
            server.psh(3, new byte[65_536 - 1]);
        }
        server.psh(3, new byte[1004]);
        assertThat(server.session.isClosed()).isFalse();
        server.psh(3, new byte[1]);
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.RECEIVE_WINDOW_EXCEEDED);
        server.finish();
    }

    @Test
    void version1HasNoSuchLimitButTheBudget() {
        Endpoint server = server(1, SmuxLimits.builder().receiveWindowSlackBytes(0));
        server.acceptedAutoRead = false;
        server.syn(3);
        for (int i = 0; i < 30; i++) {
            server.psh(3, new byte[65_535]);
        }
        assertThat(server.session.isClosed()).isFalse();
        assertThat(server.session.budget().queuedBytes()).isEqualTo(30 * 65_535);
        server.finish();
    }

    @Test
    void aFrameCostsNoMoreMemoryThanHasArrived() {
        Endpoint server = Endpoint.server(1);
        server.acceptedAutoRead = false;
        server.syn(3);
        server.receiveHex("0102ffff03000000 41");
        assertThat(server.usedBytes()).isLessThan(1000);
        assertThat(server.session.budget().queuedBytes()).isEqualTo(1);
        server.finish();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneByteFramesCostAboutAsMuchAsTheirBytes(boolean inOneBuffer) {
        Endpoint server = Endpoint.server(1);
        server.acceptedAutoRead = false;
        server.syn(3);
        int frames = 200_000;
        int each = inOneBuffer ? 20_000 : 10;
        for (int sent = 0; sent < frames; sent += each) {
            ByteBuf batch = Unpooled.buffer(9 * each);
            for (int i = 0; i < each; i++) {
                batch.writeLongLE(FrameHeader.of(1, FrameHeader.PSH, 1, 3)).writeByte(sent + i);
            }
            server.receive(batch);
        }
        assertThat(server.session.budget().queuedBytes()).isEqualTo(frames);
        assertThat(server.usedBytes()).isLessThan(frames * 3 / 2);
        SmuxStreamChannel stream = server.accepted.get(0).stream();
        assertThat(stream.inbound.bufferCount()).isLessThan(60);
        stream.config().setAutoRead(true);
        server.run();
        byte[] bytes = server.accepted.get(0).bytes.toByteArray();
        assertThat(bytes).hasSize(frames);
        for (int i = 0; i < frames; i += 999) {
            assertThat(bytes[i]).isEqualTo((byte) i);
        }
        server.finish();
    }

    @Test
    void tinyInputWhileReadingIsStoppedCostsAboutAsMuchAsItsBytes() {
        Endpoint server = Endpoint.serverNotReading(1, 10);
        server.psh(3, new byte[10]);
        for (int i = 0; i < 100_000; i++) {
            server.parent.writeInbound(
                    server.allocator.buffer(1).writeByte(i % 8 == 0 ? 1 : i % 8 == 1 ? FrameHeader.NOP : 0));
        }
        assertThat(server.session.undecodedBytes()).isEqualTo(100_000);
        assertThat(server.usedBytes()).isLessThan(200_000);
        server.accepted.get(0).stream().read();
        server.run();
        assertThat(server.session.undecodedBytes()).isZero();
        assertThat(server.log.reasons).isEmpty();
        server.finish();
    }

    @Test
    void aTransportThatDoesNotStopIsCutOff() {
        Endpoint server = Endpoint.server(Endpoint.config(1)
                .maxReceiveBufferBytes(10)
                .maxStreamBufferBytes(10)
                .limits(SmuxLimits.builder().maxUndecodedBytes(65536).build())
                .build());
        server.acceptedAutoRead = false;
        server.syn(3);
        server.psh(3, new byte[20]);
        server.receive(Unpooled.wrappedBuffer(new byte[60_000]));
        assertThat(server.session.isClosed()).isFalse();
        server.receive(Unpooled.wrappedBuffer(new byte[6_000]));
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.INPUT_OVERRUN);
        server.finish();
    }

    @Test
    void aSmallPieceDoesNotPinTheBufferItCameIn() {
        Endpoint server = Endpoint.server(1);
        server.acceptedAutoRead = false;
        server.syn(3);
        ByteBuf large = server.allocator.buffer(65536);
        large.writeLongLE(FrameHeader.of(1, FrameHeader.PSH, 700, 3)).writeZero(700);
        server.parent.writeInbound(large);
        assertThat(large.refCnt()).isZero();
        assertThat(server.session.budget().queuedBytes()).isEqualTo(700);
        assertThat(server.usedBytes()).isLessThan(2000);
        server.finish();
    }

    @Test
    void aCounterThatGoesBackIsIgnored() {
        Endpoint client = Endpoint.client(2);
        SmuxStreamChannel stream = client.open().stream();
        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[1000]));
        client.run();
        client.upd(3, 1000, 262144);
        client.upd(3, 500, 0);
        assertThat(client.log.drops(SmuxDropReason.STALE_UPDATE)).isEqualTo(1);
        assertThat(stream.sendWindow.availableBytes()).isEqualTo(262144);
        client.finish();
    }

    @Test
    void aCounterBeyondWhatWasSentEndsTheSession() {
        Endpoint client = Endpoint.client(2);
        client.open().stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1000]));
        client.run();
        client.upd(3, 1001, 262144);
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.PEER_CONSUMED_TOO_MUCH);
        client.finish();
    }

    @Test
    void aHugeWindowIsTakenAsTheLargestOne() {
        Endpoint client = Endpoint.client(2);
        SmuxStreamChannel stream = client.open().stream();
        client.upd(3, 0, 0xffff_ffffL);
        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000_000]));
        long sent = client.sent(FrameHeader.PSH).stream()
                .mapToLong(f -> f.data().length)
                .sum();
        assertThat(sent).isEqualTo(1_000_000);
        client.finish();
    }

    @Test
    void tinyWindowsDoNotMakeTinyFrames() {
        Endpoint client = Endpoint.client(2);
        client.open().stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000_000]));
        client.sent();
        int frames = 0;
        for (int i = 1; i <= 1000; i++) {
            client.upd(3, i * 10L, 262144);
            frames += client.sent().size();
        }
        assertThat(frames).isZero();
        client.finish();
    }

    @ParameterizedTest
    @ValueSource(ints = {FrameHeader.NOP, FrameHeader.PSH, FrameHeader.UPD, FrameHeader.FIN})
    void floodsOfFramesWithoutEffectLeaveNothingBehind(int command) {
        Endpoint server = Endpoint.server(2);
        server.syn(3);
        long before = server.usedBytes();
        int flood = 1000;
        for (int round = 0; round < 100; round++) {
            ByteBuf batch = Unpooled.buffer(24 * flood);
            for (int i = 0; i < flood; i++) {
                int length = command == FrameHeader.UPD ? 8 : 0;
                // A FIN or a NOP with the id of a stream has an effect.
                boolean nobodys = command == FrameHeader.FIN || command == FrameHeader.NOP;
                batch.writeLongLE(FrameHeader.of(2, command, length, nobodys ? 9 : 3));
                if (length != 0) {
                    batch.writeIntLE(0).writeIntLE(262144);
                }
            }
            server.receive(batch);
        }
        assertThat(server.sent()).isEmpty();
        assertThat(server.usedBytes()).isEqualTo(before);
        assertThat(server.parent.hasPendingTasks()).isFalse();
        assertThat(server.session.isClosed()).isFalse();
        server.finish();
    }

    @Test
    void idsThatDifferOnlyInHighBitsAreFoundFast() {
        Endpoint server = server(1, SmuxLimits.builder().maxPeerStreams(5000));
        for (int i = 0; i < 4000; i++) {
            server.syn(3 + (i << 16));
        }
        for (int i = 0; i < 4000; i++) {
            server.psh(3 + (i << 16), "x");
        }
        assertThat(server.accepted).hasSize(4000).allSatisfy(r -> assertThat(r.text())
                .isEqualTo("x"));
        server.finish();
    }

    @Test
    void sessionsShareAMemoryLimit() {
        SmuxMemoryLimit limit = new SmuxMemoryLimit(100_000);
        SmuxConfig config = Endpoint.config(1).build();
        Endpoint greedy = Endpoint.server(config, limit);
        Endpoint other = Endpoint.server(config, limit);
        for (Endpoint server : List.of(greedy, other)) {
            server.acceptedAutoRead = false;
            server.syn(3);
        }
        for (int i = 0; i < 5; i++) {
            greedy.psh(3, new byte[60_000]);
        }
        assertThat(greedy.session.budget().queuedBytes()).isEqualTo(120_000);
        assertThat(greedy.parent.config().isAutoRead()).isFalse();
        assertThat(limit.usedBytes()).isGreaterThanOrEqualTo(120_000);

        // Who holds nothing goes on, but only for a batch.
        other.psh(3, new byte[5000]);
        other.psh(3, new byte[5000]);
        assertThat(other.session.budget().queuedBytes()).isEqualTo(5000);

        greedy.accepted.get(0).stream().config().setAutoRead(true);
        greedy.run();
        assertThat(greedy.accepted.get(0).bytes.size()).isEqualTo(300_000);
        other.passMs(600);
        assertThat(other.session.budget().queuedBytes()).isEqualTo(10_000);
        assertThat(other.parent.config().isAutoRead()).isTrue();
        greedy.finish();
        other.finish();
        assertThat(limit.usedBytes()).isZero();
    }

    @Test
    void aSessionThatFindsTheSharedMemoryUsedUpLaterGoesOnWhenThereIsSomeAgain() {
        SmuxMemoryLimit limit = new SmuxMemoryLimit(10_000);
        Endpoint first = Endpoint.server(
                Endpoint.config(1)
                        .maxReceiveBufferBytes(4000)
                        .maxStreamBufferBytes(4000)
                        .build(),
                limit);
        Endpoint other = Endpoint.server(Endpoint.config(1).build(), limit);
        for (Endpoint server : List.of(first, other)) {
            server.acceptedAutoRead = false;
            server.syn(3);
        }
        first.psh(3, new byte[3000]);
        first.psh(3, new byte[3000]);
        first.passMs(600); // a new stream is looked at once
        other.psh(3, new byte[20_000]);
        assertThat(first.parent.config().isAutoRead())
                .as("its own budget is used up")
                .isFalse();
        first.accepted.get(0).stream().read();
        first.run();
        assertThat(first.session.budget().availableBytes()).isPositive();
        assertThat(first.parent.config().isAutoRead())
                .as("the shared one is, too")
                .isFalse();

        other.accepted.get(0).stream().config().setAutoRead(true);
        other.run();
        first.passMs(600);
        assertThat(first.parent.config().isAutoRead()).isTrue();
        first.finish();
        other.finish();
    }

    @Test
    void openAndCloseChurnOverAStalledTransportIsBounded() {
        Endpoint server = server(1, SmuxLimits.builder().synRate(0, 1));
        SlowTransport transport = server.slow();
        server.syn(1_000_001);
        server.accepted.get(0).stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[200_000]));
        server.run();
        int heldBefore = transport.heldBytes;
        for (int i = 0; i < 70_000 && !server.session.isClosed(); i++) {
            server.syn(3 + 2 * i);
            server.accepted.get(server.accepted.size() - 1).stream().close();
            server.run();
        }
        assertThat(transport.heldBytes - heldBefore).isLessThanOrEqualTo(16 * 1024);
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.CONTROL_BACKLOG);
        server.finish();
    }
}
