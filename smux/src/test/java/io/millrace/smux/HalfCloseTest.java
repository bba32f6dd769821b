package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.smux.core.FrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelOutputShutdownException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FIN in and out, half and full close, linger and guards. spec: smux 8, 21.4 */
@SuppressWarnings("FutureReturnValueIgnored")
class HalfCloseTest {
    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static SmuxConfig fullClose(int version) {
        return Endpoint.config(version).peerFinPolicy(PeerFinPolicy.FULL_CLOSE).build();
    }

    private static SmuxConfig limits(int version, SmuxLimits.Builder limits) {
        return Endpoint.config(version).limits(limits.build()).build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theAnswerIsReadableAfterLocalHalfClose(int version) {
        Endpoint client = Endpoint.client(version);
        Recorder stream = client.open();
        stream.stream().writeAndFlush(text("ask"));
        ChannelFuture shutdown = stream.stream().shutdownOutput();
        assertThat(client.sent())
                .extracting(Endpoint.Frame::command)
                .containsExactly(FrameHeader.SYN, FrameHeader.PSH, FrameHeader.FIN);
        assertThat(shutdown.isSuccess()).isTrue();
        assertThat(stream.stream().isOutputShutdown()).isTrue();
        assertThat(stream.stream().isOpen()).isTrue();
        // Go throws this away when it is unread at that moment; it must not be lost here.
        client.receive(Unpooled.wrappedBuffer(
                Endpoint.pshFrame(version, 3, "answer".getBytes(StandardCharsets.US_ASCII)),
                Endpoint.frame(version, FrameHeader.FIN, 3)));
        assertThat(stream.text()).isEqualTo("answer");
        assertThat(stream.events).containsExactly("active", "inputShutdown", "inactive");
        assertThat(client.session.streamCount()).isZero();
        assertThat(client.sent(FrameHeader.FIN)).as("one FIN only").isEmpty();
        client.finish();
    }

    @Test
    void theUnreadAnswerSurvivesBothFins() {
        Endpoint client = Endpoint.client(1);
        Recorder stream = new Recorder();
        stream.autoRead = false;
        client.open(stream);
        stream.stream().shutdownOutput();
        client.run();
        client.psh(3, "answer");
        client.fin(3);
        assertThat(stream.events).containsExactly("active");
        assertThat(client.session.budget().queuedBytes()).isEqualTo(6);
        stream.stream().config().setAutoRead(true);
        client.run();
        assertThat(stream.text()).isEqualTo("answer");
        assertThat(stream.events).containsExactly("active", "inputShutdown", "inactive");
        client.finish();
    }

    @Test
    void writingGoesOnAfterTheFinOfThePeer() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        server.fin(3);
        Recorder stream = server.accepted.get(0);
        assertThat(stream.events).containsExactly("active", "inputShutdown");
        assertThat(stream.stream().isInputShutdown()).isTrue();
        stream.stream().writeAndFlush(text("answer"));
        assertThat(server.sent()).extracting(Endpoint.Frame::text).containsExactly("answer");
        stream.stream().shutdownOutput();
        assertThat(server.sent()).extracting(Endpoint.Frame::command).containsExactly(FrameHeader.FIN);
        assertThat(stream.isInactive()).isTrue();
        server.finish();
    }

    @Test
    void theFinIsNoticedWithoutReadDemandWhenNothingIsQueued() {
        Endpoint server = Endpoint.server(1);
        server.acceptedAutoRead = false;
        server.syn(3);
        server.fin(3);
        assertThat(server.accepted.get(0).isInputEnded()).isTrue();
        server.finish();
    }

    @Test
    void withoutHalfClosureTheStreamIsClosedAfterItsPendingWrites() {
        Endpoint server = Endpoint.server(2);
        server.syn(3);
        Recorder stream = server.accepted.get(0);
        stream.stream().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        server.fin(3);
        assertThat(stream.stream().isOpen()).isTrue();
        assertThat(stream.isInputEnded()).isFalse();
        server.sent();
        server.upd(3, 262144, 262144);
        assertThat(server.sent())
                .extracting(f -> f.command() + ":" + f.data().length)
                .containsExactly("2:32768", "2:5088", "1:0");
        assertThat(stream.isInactive()).isTrue();
        server.finish();
    }

    @Test
    void fullClosePolicyClosesOnceTheDataWasRead() {
        Endpoint server = Endpoint.server(fullClose(2));
        server.acceptedAutoRead = false;
        server.syn(3);
        server.psh(3, "data");
        server.fin(3);
        Recorder stream = server.accepted.get(0);
        assertThat(stream.stream().isOpen()).isTrue();
        ChannelFuture write = stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        stream.stream().read();
        server.run();
        assertThat(stream.text()).isEqualTo("data");
        assertThat(stream.events).containsExactly("active", "inactive");
        assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(server.sent(FrameHeader.FIN)).hasSize(1);
        server.finish();
    }

    @Test
    void aSecondFinClosesFullyButLeavesUnreadDataReadable() {
        Endpoint server = Endpoint.server(2);
        server.acceptedAutoRead = false;
        server.syn(3);
        server.psh(3, "rest");
        server.fin(3);
        Recorder stream = server.accepted.get(0);
        ChannelFuture write = stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        server.run();
        server.fin(3);
        assertThat(write.cause()).isInstanceOfSatisfying(SmuxStreamException.class, e -> assertThat(e.kind())
                .isEqualTo(SmuxStreamException.Kind.PEER_CLOSED));
        assertThat(stream.isInactive()).isFalse();
        stream.stream().config().setAutoRead(true);
        server.run();
        assertThat(stream.text()).isEqualTo("rest");
        assertThat(stream.isInactive()).isTrue();
        assertThat(server.sent(FrameHeader.FIN)).hasSize(1);
        server.finish();
    }

    @Test
    void aSecondFinAfterTheEndWasToldClosesAtOnce() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        server.fin(3);
        server.fin(3);
        assertThat(server.accepted.get(0).events).containsExactly("active", "inputShutdown", "inactive");
        assertThat(server.log.reasons).isEmpty();
        server.finish();
    }

    @Test
    void aWriterBlockedWhenThePeerEndsIsGivenUpAfterAWhile() {
        Endpoint server = Endpoint.server(limits(2, SmuxLimits.builder().halfCloseStallMs(5000)));
        server.syn(3);
        Recorder stream = server.accepted.get(0);
        ChannelFuture write = stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        server.run();
        server.passMs(60_000);
        assertThat(write.isDone()).as("before the FIN it waits").isFalse();
        server.fin(3);
        server.passMs(4500);
        assertThat(write.isDone()).isFalse();
        server.passMs(1500);
        assertThat(write.cause()).isInstanceOf(SmuxStreamException.class);
        assertThat(stream.events).containsExactly("active", "inputShutdown", "error", "inactive");
        assertThat(server.sent(FrameHeader.FIN)).hasSize(1);
        server.finish();
    }

    @Test
    void givingUpABlockedWriterLeavesUnreadDataReadable() {
        Endpoint server = Endpoint.server(limits(2, SmuxLimits.builder().halfCloseStallMs(5000)));
        server.acceptedAutoRead = false;
        server.syn(3);
        server.psh(3, "unread");
        server.fin(3);
        Recorder stream = server.accepted.get(0);
        ChannelFuture write = stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        server.run();
        server.passMs(6000);
        assertThat(write.cause()).isInstanceOf(SmuxStreamException.class);
        assertThat(stream.stream().writeAndFlush(text("x")).cause()).isInstanceOf(SmuxStreamException.class);
        server.passMs(60_000);
        assertThat(stream.isInactive()).isFalse();
        stream.stream().config().setAutoRead(true);
        server.run();
        assertThat(stream.text()).isEqualTo("unread");
        assertThat(stream.isInactive()).isTrue();
        server.finish();
    }

    @Test
    void aHalfClosedStreamWithoutProgressIsGivenUp() {
        Endpoint server = Endpoint.server(limits(1, SmuxLimits.builder().halfCloseLingerMs(10_000)));
        server.syn(3);
        server.fin(3);
        Recorder stream = server.accepted.get(0);
        server.passMs(8000);
        stream.stream().writeAndFlush(text("x"));
        server.passMs(8000);
        assertThat(stream.isInactive()).as("progress counts").isFalse();
        server.passMs(3000);
        assertThat(stream.isInactive()).isTrue();
        server.finish();
    }

    @Test
    void closeSendsWhatWasWrittenThenFin() {
        Endpoint client = Endpoint.client(2);
        Recorder stream = client.open();
        ChannelFuture write = stream.stream().write(Unpooled.wrappedBuffer(new byte[300_000]));
        ChannelFuture close = stream.stream().close();
        ChannelFuture closeAgain = stream.stream().close();
        ChannelFuture late = stream.stream().writeAndFlush(text("late"));
        assertThat(late.cause()).isInstanceOf(ChannelOutputShutdownException.class);
        client.sent();
        assertThat(close.isDone()).isFalse();
        assertThat(stream.stream().isWritable()).isFalse();
        client.psh(3, "not wanted any more");
        assertThat(client.log.drops(SmuxDropReason.NOT_READING)).isEqualTo(1);
        assertThat(client.session.budget().queuedBytes()).isZero();
        client.upd(3, 262144, 262144);
        assertThat(client.sent())
                .extracting(Endpoint.Frame::command)
                .containsExactly(FrameHeader.PSH, FrameHeader.PSH, FrameHeader.FIN);
        assertThat(write.isSuccess()).isTrue();
        assertThat(close.isSuccess()).isTrue();
        assertThat(closeAgain.isSuccess()).isTrue();
        assertThat(stream.isInactive()).isTrue();
        client.finish();
    }

    @Test
    void lingeringEndsWithFinWhenTimeIsUp() {
        Endpoint client = Endpoint.client(limits(2, SmuxLimits.builder().closeLingerMs(3000)));
        Recorder stream = client.open();
        ChannelFuture write = stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        stream.stream().close();
        client.sent();
        client.passMs(2500);
        assertThat(stream.stream().isOpen()).isTrue();
        client.passMs(1500);
        assertThat(stream.isInactive()).isTrue();
        assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(client.sent()).extracting(Endpoint.Frame::command).containsExactly(FrameHeader.FIN);
        client.finish();
    }

    @Test
    void withoutLingerCloseDropsWhatIsPending() {
        Endpoint client = Endpoint.client(limits(2, SmuxLimits.builder().closeLingerMs(0)));
        Recorder stream = client.open();
        ChannelFuture write = stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        stream.stream().close();
        client.run();
        assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(client.sent()).extracting(Endpoint.Frame::command).containsExactly(FrameHeader.SYN, FrameHeader.FIN);
        client.finish();
    }

    @Test
    void theRelayIdiomOfAnEmptyWriteAndCloseWorks() {
        Endpoint client = Endpoint.client(1);
        Recorder stream = client.open();
        stream.stream().write(text("bye"));
        stream.stream().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        assertThat(client.sent())
                .extracting(Endpoint.Frame::command)
                .containsExactly(FrameHeader.SYN, FrameHeader.PSH, FrameHeader.FIN);
        assertThat(stream.isInactive()).isTrue();
        client.finish();
    }

    @Test
    void shutdownWaitsBehindDataThatWaitsForTheWindow() {
        Endpoint client = Endpoint.client(2);
        Recorder stream = client.open();
        stream.stream().write(Unpooled.wrappedBuffer(new byte[262_145]));
        ChannelFuture first = stream.stream().shutdownOutput();
        ChannelFuture second = stream.stream().shutdownOutput();
        assertThat(client.sent(FrameHeader.FIN)).isEmpty();
        assertThat(first.isDone()).isFalse();
        client.upd(3, 262_144, 262_144);
        assertThat(client.sent())
                .extracting(f -> f.command() + ":" + f.data().length)
                .containsExactly("2:1", "1:0");
        assertThat(first.isSuccess()).isTrue();
        assertThat(second.isSuccess()).isTrue();
        assertThat(stream.stream().writeAndFlush(text("x")).cause()).isNotNull();
        client.finish();
    }

    @Test
    void shutdownInputDropsDataButKeepsThePeerGoing() {
        SmuxConfig config = Endpoint.config(2).build();
        Pair pair = new Pair(config);
        Recorder stream = pair.client.open();
        pair.exchange();
        SmuxStreamChannel accepted = pair.server.accepted.get(0).stream();
        assertThat(accepted.shutdownInput().isSuccess()).isTrue();
        ChannelFuture write = stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[2_000_000]));
        pair.exchange();
        assertThat(write.isSuccess()).isTrue();
        assertThat(pair.server.accepted.get(0).bytes.size()).isZero();
        accepted.writeAndFlush(text("still writing"));
        pair.exchange();
        assertThat(stream.text()).isEqualTo("still writing");
        accepted.shutdown();
        stream.stream().shutdownOutput();
        pair.exchange();
        assertThat(pair.server.session.streamCount()).isZero();
        pair.finish();
    }

    @Test
    void aStreamClosedBeforeItsSynWentOutLeavesNoTrace() {
        Endpoint client = Endpoint.client(1);
        SlowTransport transport = client.slow();
        SmuxStreamChannel bulk = client.open().stream();
        bulk.writeAndFlush(Unpooled.wrappedBuffer(new byte[200_000]));
        client.run();
        for (int i = 0; i < 1000; i++) {
            client.open();
        }
        List<SmuxStreamChannel> streams = client.session.streams();
        int unsent = 0;
        for (SmuxStreamChannel stream : streams) {
            unsent += stream.synPending ? 1 : 0;
            if (!stream.equals(bulk)) {
                stream.close();
            }
        }
        assertThat(unsent).as("the stalled transport takes few SYNs").isPositive();
        while (transport.heldBytes > 0) {
            transport.pass(1 << 20);
            client.run();
        }
        List<Endpoint.Frame> frames = client.sent();
        long syns = frames.stream().filter(f -> f.command() == FrameHeader.SYN).count();
        long fins = frames.stream().filter(f -> f.command() == FrameHeader.FIN).count();
        assertThat(syns).isEqualTo(1001 - unsent);
        assertThat(fins).isEqualTo(syns - 1);
        client.finish();
    }

    @Test
    void handlersMayCloseInsideAnyCallback() {
        Endpoint server = Endpoint.server(2);
        server.syn(3);
        server.syn(5);
        SmuxStreamChannel first = server.accepted.get(0).stream();
        SmuxStreamChannel second = server.accepted.get(1).stream();
        first.writeAndFlush(text("x")).addListener(done -> {
            second.close();
            first.close();
        });
        second.writeAndFlush(text("y"));
        server.run();
        assertThat(server.session.streamCount()).isZero();
        assertThat(server.sent(FrameHeader.FIN)).hasSize(2);
        server.syn(7);
        server.accepted.get(2).stream().writeAndFlush(text("z")).addListener(done -> server.parent.close());
        server.run();
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.LOCAL_CLOSE);
        server.finish();
    }
}
