package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.smux.core.FrameHeader;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How a session ends, and what opening a stream answers then. spec: smux 9, 14 */
@SuppressWarnings("FutureReturnValueIgnored")
class SessionEndTest {
    @Test
    void theEndOfTheTransportIsAnErrorForEveryStream() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        server.syn(5);
        server.psh(3, "data");
        server.parent.pipeline().fireChannelInactive();
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.TRANSPORT_CLOSED);
        assertThat(server.accepted.get(0).text()).isEqualTo("data");
        for (Recorder stream : server.accepted) {
            server.run();
            assertThat(stream.events).containsExactly("active", "error", "inactive");
            assertThat(stream.isInputEnded()).as("not a clean end").isFalse();
        }
        assertThat(server.log.closed).containsExactlyInAnyOrder("3 in=4 out=0", "5 in=0 out=0");
        assertThat(server.session.streamCount()).isZero();
        server.finish();
    }

    @Test
    void dataThatCameInTheLastBatchIsDeliveredBeforeTheError() {
        Endpoint server = Endpoint.server(1);
        server.parent
                .pipeline()
                .fireChannelRead(Endpoint.frame(1, FrameHeader.SYN, 3))
                .fireChannelRead(Endpoint.pshFrame(1, 3, new byte[100]))
                .fireChannelInactive();
        server.run();
        assertThat(server.accepted.get(0).bytes.size()).isEqualTo(100);
        assertThat(server.accepted.get(0).events).containsExactly("active", "error", "inactive");
        server.finish();
    }

    @Test
    void aTransportErrorEndsTheSession() {
        Endpoint client = Endpoint.client(1);
        Recorder stream = client.open();
        client.parent.pipeline().fireExceptionCaught(new IOException("reset by a test"));
        client.run();
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.TRANSPORT_ERROR);
        assertThat(client.log.detail).contains("reset by a test");
        assertThat(stream.errors.get(0)).hasCauseInstanceOf(IOException.class);
        client.finish();
    }

    @Test
    void aFailedWriteOfTheTransportEndsTheSession() {
        Endpoint client = Endpoint.client(1);
        client.parent.pipeline().addFirst(new ChannelDuplexHandler() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                ReferenceCountUtil.release(msg);
                promise.setFailure(new IOException("no route, says a test"));
            }
        });
        SmuxStreamChannel stream = client.open().stream();
        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[100_000]));
        client.run();
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.TRANSPORT_ERROR);
        assertThat(client.parent.isOpen()).isFalse();
        client.finish();
    }

    @Test
    void closingTheParentEndsTheSessionAtOnce() {
        Endpoint client = Endpoint.client(1);
        Recorder stream = client.open();
        client.parent.close();
        client.run();
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.LOCAL_CLOSE);
        assertThat(stream.events).containsExactly("active", "error", "inactive");
        client.finish();
    }

    @Test
    void removingTheHandlerEndsTheSession() {
        Endpoint client = Endpoint.client(1);
        Recorder stream = client.open();
        client.parent.pipeline().remove(client.session);
        client.run();
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.LOCAL_CLOSE);
        assertThat(stream.isInactive()).isTrue();
        client.finish();
    }

    @Test
    void anOrderlyCloseSendsAllThenFinsThenClosesTheTransport() {
        Endpoint client = Endpoint.client(1);
        SlowTransport transport = client.slow();
        Recorder first = client.open();
        Recorder second = client.open();
        first.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        client.run();
        ChannelFuture closed = client.session.close();
        Future<SmuxStreamChannel> late = client.session.openStream(new Recorder());
        client.run();
        assertThat(late.cause()).isInstanceOf(SmuxSessionException.class);
        assertThat(client.parent.isOpen()).isTrue();
        long data = 0;
        int fins = 0;
        for (int i = 0; i < 100; i++) {
            transport.pass(65536);
            for (Endpoint.Frame frame : client.sent()) {
                data += frame.data().length;
                fins += frame.command() == FrameHeader.FIN ? 1 : 0;
            }
        }
        assertThat(data).isEqualTo(300_000);
        assertThat(fins).isEqualTo(2);
        assertThat(closed.isSuccess()).isTrue();
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.LOCAL_CLOSE);
        assertThat(first.stream().isOpen()).isFalse();
        assertThat(second.stream().isOpen()).isFalse();
        client.finish();
    }

    /** Else a download that was cut off would pass for a complete one. */
    @Test
    void anOrderlyCloseIsNoEndForStreamsThatHaveNone() {
        Pair pair = new Pair(2);
        Recorder stream = pair.client.open();
        pair.exchange();
        Recorder accepted = pair.server.accepted.get(0);
        stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1000]));
        pair.exchange();
        pair.client.session.close();
        pair.exchange();
        assertThat(stream.events).containsExactly("active", "error", "inactive");
        assertThat(stream.errors).singleElement().isInstanceOfSatisfying(SmuxSessionException.class, e -> assertThat(
                        e.reason())
                .isEqualTo(SmuxCloseReason.LOCAL_CLOSE));
        assertThat(accepted.bytes.size()).isEqualTo(1000);
        assertThat(accepted.events).containsExactly("active", "error", "inactive");
        assertThat(accepted.errors).singleElement().isInstanceOfSatisfying(SmuxStreamException.class, e -> assertThat(
                        e.kind())
                .isEqualTo(SmuxStreamException.Kind.RESET));
        pair.finish();
    }

    /** What the peer has got of it is complete, and must not be destroyed by a reset. */
    @Test
    void anOrderlyCloseTakesNoEndBackThatWasGiven() {
        Endpoint client = Endpoint.client(2);
        Recorder sent = client.open();
        Recorder waiting = client.open();
        sent.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1000]));
        sent.stream().shutdownOutput();
        client.run();
        waiting.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000])); // more than the window
        waiting.stream().shutdownOutput();
        client.sent();
        client.session.close();
        client.upd(5, 262_144, 262_144);
        assertThat(client.sent()).extracting(Endpoint.Frame::command).doesNotContain(FrameHeader.NOP);
        assertThat(client.log.closed).containsExactlyInAnyOrder("3 in=0 out=1000", "5 in=0 out=300000");
        assertThat(sent.errors).as("the answer was cut off").hasSize(1);
        client.finish();
    }

    @Test
    void anOrderlyCloseDisturbsNobodyWhoHadEverything() {
        Endpoint server = Endpoint.server(2);
        server.syn(3);
        server.fin(3);
        server.syn(5);
        SmuxStreamChannel closing = server.accepted.get(1).stream();
        closing.writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        server.run();
        closing.close();
        server.sent();
        server.session.close();
        server.upd(5, 262_144, 262_144);
        assertThat(server.accepted.get(0).events).containsExactly("active", "inputShutdown", "inactive");
        assertThat(server.accepted.get(1).errors).isEmpty();
        assertThat(server.sent(FrameHeader.NOP))
                .as("only what had not ended is reset")
                .extracting(Endpoint.Frame::id)
                .containsExactly(3);
        server.finish();
    }

    @Test
    void anOrderlyCloseOfAStuckSessionEndsInTime() {
        Endpoint client = Endpoint.client(Endpoint.config(2)
                .limits(SmuxLimits.builder().closeLingerMs(5000).build())
                .build());
        client.slow();
        client.open().stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        client.run();
        client.session.close();
        client.passMs(4000);
        assertThat(client.parent.isOpen()).isTrue();
        client.passMs(2000);
        assertThat(client.parent.isOpen()).isFalse();
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.LOCAL_CLOSE);
        client.finish();
    }

    @Test
    void aSessionThatIsClosingRefusesTheStreamsOfThePeer() {
        Endpoint server = Endpoint.server(2);
        server.syn(3);
        server.accepted.get(0).stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        server.run();
        server.session.close();
        server.syn(5);
        assertThat(server.sent(FrameHeader.FIN)).extracting(Endpoint.Frame::id).containsExactly(5);
        server.upd(3, 262_144, 262_144);
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.LOCAL_CLOSE);
        assertThat(server.sent(FrameHeader.FIN)).extracting(Endpoint.Frame::id).containsExactly(3);
        server.finish();
    }

    @Test
    void openingFailsAfterTheEndAndSaysWhy() {
        Endpoint client = Endpoint.client(1);
        client.receiveHex("0900000003000000");
        Future<SmuxStreamChannel> stream = client.session.openStream(new Recorder());
        assertThat(stream.cause()).isInstanceOfSatisfying(SmuxSessionException.class, e -> assertThat(e.reason())
                .isEqualTo(SmuxCloseReason.VERSION_MISMATCH));
        client.finish();
    }

    @Test
    void openingNeedsAnActiveTransport() {
        SmuxSessionHandler session = SmuxSessionHandler.client(SmuxConfig.defaults(), SmuxSessionListener.NONE);
        assertThatThrownBy(() -> session.openStream(new Recorder())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(session::close).isInstanceOf(IllegalStateException.class);
        EmbeddedChannel parent = new EmbeddedChannel() {
            @Override
            public boolean isActive() {
                return false;
            }
        };
        parent.pipeline().addLast(session);
        assertThat(session.openStream(new Recorder()).cause())
                .isInstanceOf(SmuxSessionException.class)
                .hasMessageContaining("not active yet");
        session.close();
        parent.runPendingTasks();
        assertThat(parent.isOpen()).isFalse();
    }

    @Test
    void aFailingInitializerClosesItsStreamOnly() {
        Endpoint client = Endpoint.client(1);
        Recorder healthy = client.open();
        Future<SmuxStreamChannel> stream = client.session.openStream(new ChannelInboundHandlerAdapter() {
            @Override
            public void handlerAdded(ChannelHandlerContext ctx) {
                ctx.close();
            }
        });
        client.run();
        assertThat(stream.cause()).isInstanceOf(SmuxSessionException.class);
        assertThat(client.session.isClosed()).isFalse();
        assertThat(healthy.stream().isOpen()).isTrue();
        assertThat(client.session.streamCount()).isEqualTo(1);
        client.finish();
    }

    @Test
    void aHandlerThatCannotBeSharedTwiceFailsTheOpening() {
        Endpoint client = Endpoint.client(1);
        Recorder recorder = client.open();
        Future<SmuxStreamChannel> stream = client.session.openStream(recorder);
        client.run();
        assertThat(stream.cause()).hasMessageContaining("@Sharable");
        assertThat(client.session.isClosed()).isFalse();
        assertThat(client.session.streamCount()).isEqualTo(1);
        client.finish();
    }

    @Test
    void anUnsharableHandlerForStreamsOfThePeerIsReportedToTheOwner() {
        EmbeddedChannel parent = new EmbeddedChannel();
        SmuxSessionHandler session =
                SmuxSessionHandler.server(Endpoint.config(1).build(), new Recorder(), SmuxSessionListener.NONE);
        parent.pipeline().addLast(session);
        parent.writeInbound(Endpoint.frame(1, FrameHeader.SYN, 3));
        assertThatThrownBy(() -> {
                    parent.pipeline().fireChannelRead(Endpoint.frame(1, FrameHeader.SYN, 5));
                    parent.pipeline().fireChannelReadComplete();
                    parent.checkException();
                })
                .hasMessageContaining("@Sharable");
        assertThat(session.isClosed()).isFalse();
        assertThat(session.streamCount()).isEqualTo(1);
        parent.finishAndReleaseAll();
    }

    @Test
    void whenIdsAreUsedUpOpeningFailsAndAllElseGoesOn() {
        Endpoint client = Endpoint.client(1);
        client.session.idsAfter(0xffff_fffbL);
        Recorder first = client.open();
        assertThat(client.session.hasFreeIds()).isTrue();
        Recorder last = client.open();
        assertThat(last.stream().streamId()).isEqualTo(-1);
        assertThat(client.session.hasFreeIds())
                .as("so that its owner can make another")
                .isFalse();
        client.sent();
        for (int i = 0; i < 3; i++) {
            Future<SmuxStreamChannel> refused = client.session.openStream(new Recorder());
            assertThat(refused.cause()).isInstanceOfSatisfying(SmuxStreamException.class, e -> assertThat(e.kind())
                    .isEqualTo(SmuxStreamException.Kind.IDS_EXHAUSTED));
        }
        assertThat(client.sent()).isEmpty();
        client.psh(-1, "on");
        client.psh(0xffff_fffd, "and on");
        assertThat(last.text()).isEqualTo("on");
        assertThat(first.text()).isEqualTo("and on");
        client.syn(2);
        assertThat(client.accepted).hasSize(1);
        client.finish();
    }

    @Test
    void versionMismatchIsNoticedOnBothSides() {
        for (int version : new int[] {1, 2}) {
            Pair pair = new Pair(
                    Endpoint.config(version).build(),
                    Endpoint.config(3 - version).build());
            Recorder stream = pair.client.open();
            pair.exchange();
            assertThat(pair.server.log.reasons).containsExactly(SmuxCloseReason.VERSION_MISMATCH);
            assertThat(pair.server.log.detail).contains("version " + version + " instead of " + (3 - version));
            assertThat(stream.stream().isOpen())
                    .as("the client is told nothing")
                    .isTrue();
            pair.client.finish();
            pair.server.finish();
        }
    }

    @Test
    void aListenerThatThrowsEndsItsSessionInOrder() {
        EmbeddedChannel parent = new EmbeddedChannel();
        Recorder stream = new Recorder();
        SmuxSessionHandler session =
                SmuxSessionHandler.server(Endpoint.config(1).build(), stream, new SmuxSessionListener() {
                    @Override
                    public void frameDropped(SmuxSessionHandler s, SmuxDropReason reason, int streamId) {
                        throw new IllegalStateException("a test");
                    }
                });
        parent.pipeline().addLast(session);
        parent.writeInbound(Endpoint.frame(1, FrameHeader.SYN, 3));
        parent.writeInbound(Endpoint.frame(1, FrameHeader.FIN, 99));
        parent.runPendingTasks();
        assertThat(session.isClosed()).isTrue();
        assertThat(stream.errors.get(0)).isInstanceOfSatisfying(SmuxSessionException.class, e -> assertThat(e.reason())
                .isEqualTo(SmuxCloseReason.INTERNAL_ERROR));
        parent.finishAndReleaseAll();
    }

    @Test
    void messagesThatAreNotBytesPassBy() {
        Endpoint client = Endpoint.client(1);
        client.parent.writeInbound("not bytes");
        String passed = client.parent.readInbound();
        assertThat(passed).isEqualTo("not bytes");
        client.finish();
    }

    @Test
    void aHandlerServesOneChannelOnly() {
        Endpoint client = Endpoint.client(1);
        client.parent.pipeline().remove(client.session);
        EmbeddedChannel other = new EmbeddedChannel();
        assertThatThrownBy(() -> other.pipeline().addLast(client.session)).hasMessageContaining("@Sharable");
        other.finishAndReleaseAll();
        client.finish();
    }
}
