package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.smux.core.FrameHeader;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Keep-alive and the other things that happen by the clock. spec: smux 12, 20 */
@SuppressWarnings("FutureReturnValueIgnored")
class SessionTimeTest {
    /** Periods begin on a common grid: up to so much later. */
    private static final int GRID_MS = 100;

    private static SmuxConfig.Builder keepAlive() {
        return SmuxConfig.builder().keepAliveIntervalMs(10_000).keepAliveTimeoutMs(30_000);
    }

    @Test
    void aNopGoesOutEachInterval() {
        Endpoint client = Endpoint.client(keepAlive().build());
        client.advanceMs(9_999);
        assertThat(client.sentHex()).isEmpty();
        client.advanceMs(1 + GRID_MS);
        assertThat(client.sentHex()).isEqualTo("0103000000000000");
        client.advanceMs(10_000);
        assertThat(client.sentHex()).isEqualTo("0103000000000000");
        client.finish();

        Endpoint second = Endpoint.client(keepAlive().version(2).build());
        second.advanceMs(10_000 + GRID_MS);
        assertThat(second.sentHex()).isEqualTo("0203000000000000");
        second.finish();
    }

    @Test
    void aServersNopLeavesWithTheAcknowledgementOfTheClientsWhenNearlyDue() {
        Endpoint server = Endpoint.server(keepAlive().build());
        server.passMs(7_000);
        server.nop();
        assertThat(server.sentHex()).as("not yet due").isEmpty();
        for (int i = 0; i < 20; i++) {
            server.passMs(i == 0 ? 2_000 : 10_000);
            assertThat(server.sentHex()).as("round %s, before the client's", i).isEmpty();
            server.nop();
            assertThat(server.sentHex()).as("round %s", i).isEqualTo("0103000000000000");
            server.nop();
            assertThat(server.sentHex()).as("no NOP is answered").isEmpty();
        }
        server.finish();
    }

    @Test
    void aServerWhoseClientSendsNoNopSendsItsOwnALittleLater() {
        Endpoint server = Endpoint.server(keepAlive().build());
        server.syn(3);
        for (int i = 0; i < 2; i++) {
            server.passMs(i == 0 ? 11_000 : 10_750);
            assertThat(server.sent(FrameHeader.NOP)).isEmpty();
            server.passMs(500); // due after 11.25 s each
            assertThat(server.sent(FrameHeader.NOP)).hasSize(1);
        }
        server.finish();
    }

    @Test
    void aClientDoesNotFollow() {
        Endpoint client = Endpoint.client(keepAlive().build());
        client.passMs(9_500);
        client.nop();
        assertThat(client.sentHex()).isEmpty();
        client.passMs(500 + GRID_MS);
        assertThat(client.sentHex()).isEqualTo("0103000000000000");
        client.finish();
    }

    @Test
    void aSessionThatHearsNothingEndsAfterOnePeriod() {
        Endpoint client = Endpoint.client(keepAlive().build());
        client.advanceMs(29_999);
        assertThat(client.session.isClosed()).isFalse();
        client.advanceMs(1 + GRID_MS);
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.KEEP_ALIVE_TIMEOUT);
        assertThat(client.log.detail).contains("version, key or compression");
        assertThat(client.parent.isOpen()).isFalse();
        client.finish();
    }

    @Test
    void aSessionThatHeardOnceEndsAfterTwoPeriods() {
        Endpoint client = Endpoint.client(keepAlive().build());
        client.nop();
        client.passMs(59_750);
        assertThat(client.session.isClosed()).isFalse();
        client.passMs(250 + GRID_MS);
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.KEEP_ALIVE_TIMEOUT);
        assertThat(client.log.detail).doesNotContain("compression");
        client.finish();
    }

    @Test
    void aProgramThatStoodStillForLongListensBeforeItGivesThePeerUp() {
        Endpoint client = Endpoint.client(keepAlive().build());
        client.nop();
        client.advanceMs(29_000);
        client.parent.advanceTimeBy(32, TimeUnit.SECONDS); // and nothing runs: two periods end
        client.nop();
        assertThat(client.session.isClosed()).isFalse();
        client.advanceMs(30_000);
        assertThat(client.log.reasons).containsExactly(SmuxCloseReason.KEEP_ALIVE_TIMEOUT);
        client.finish();
    }

    @Test
    void nopsOfThePeerKeepTheSession() {
        Endpoint client = Endpoint.client(keepAlive().build());
        for (int i = 0; i < 50; i++) {
            client.advanceMs(20_000);
            client.nop();
        }
        assertThat(client.session.isClosed()).isFalse();
        client.finish();
    }

    @Test
    void anyByteOfALargeFrameIsALifeSign() {
        Endpoint client = Endpoint.client(keepAlive()
                .limits(SmuxLimits.builder().frameTimeoutMs(0).build())
                .build());
        client.receiveHex("0102ffff09000000");
        for (int i = 0; i < 10; i++) {
            client.advanceMs(25_000);
            client.receiveHex("00");
        }
        assertThat(client.session.isClosed()).isFalse();
        client.finish();
    }

    @Test
    void silenceProvesNothingWhileWeDoNotRead() {
        Endpoint server = Endpoint.server(keepAlive()
                .maxReceiveBufferBytes(1000)
                .maxStreamBufferBytes(1000)
                .build());
        server.acceptedAutoRead = false;
        server.syn(3);
        server.psh(3, new byte[5000]);
        for (int i = 0; i < 20; i++) {
            server.advanceMs(30_000);
        }
        assertThat(server.session.isClosed()).isFalse();
        assertThat(server.sent(FrameHeader.NOP)).as("pings go on").hasSize(20);
        server.accepted.get(0).stream().config().setAutoRead(true);
        server.run();
        server.advanceMs(30_000);
        assertThat(server.session.isClosed())
                .as("resuming counts as a life sign")
                .isFalse();
        server.advanceMs(30_000);
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.KEEP_ALIVE_TIMEOUT);
        server.finish();
    }

    @Test
    void nothingHappensByTheClockWhenDisabled() {
        Endpoint client = Endpoint.client(1);
        client.advanceMs(10_000_000);
        assertThat(client.sentHex()).isEmpty();
        assertThat(client.session.isClosed()).isFalse();
        client.finish();
    }

    @Test
    void pingsDoNotPileUpBehindAStalledTransport() {
        Endpoint client = Endpoint.client(keepAlive().build());
        SlowTransport transport = client.slow();
        client.open().stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[200_000]));
        client.run();
        for (int i = 0; i < 20; i++) {
            client.advanceMs(10_000);
            client.nop();
        }
        while (transport.heldBytes > 0) {
            transport.pass(1 << 20);
            client.run();
        }
        assertThat(client.sent(FrameHeader.NOP)).hasSize(1);
        client.finish();
    }

    @Test
    void aFrameThatIsNotCompletedInTimeEndsTheSession() {
        Endpoint server = Endpoint.server(Endpoint.config(1)
                .limits(SmuxLimits.builder().frameTimeoutMs(5000).build())
                .build());
        server.receiveHex("0102");
        for (int i = 0; i < 8; i++) {
            server.passMs(500);
            assertThat(server.session.isClosed()).isFalse();
        }
        server.receiveHex("05");
        server.passMs(2000);
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.FRAME_TIMEOUT);
        server.finish();
    }

    @Test
    void silenceInTheMiddleOfAFrameIsSurvivedAsLongAsSilenceBetweenTwo() {
        Endpoint server = Endpoint.server(keepAlive().build());
        server.syn(3);
        server.passMs(31_000);
        server.receiveHex("0102020003000000" + "41"); // half of two bytes
        server.passMs(58_000);
        assertThat(server.session.isClosed()).isFalse();
        server.receiveHex("42");
        assertThat(server.accepted.get(0).text()).isEqualTo("AB");
        server.finish();
    }

    @Test
    void framesCompletedInTimeMayFollowEachOtherForEver() {
        Endpoint server = Endpoint.server(Endpoint.config(1)
                .limits(SmuxLimits.builder().frameTimeoutMs(5000).build())
                .build());
        server.receiveHex("0103000000");
        for (int i = 0; i < 20; i++) {
            server.passMs(3000);
            server.receiveHex("000000" + "0103000000");
        }
        assertThat(server.session.isClosed()).isFalse();
        server.finish();
    }

    @Test
    void aStreamThatNeverCarriedAByteIsClosed() {
        Endpoint server = Endpoint.server(Endpoint.config(1)
                .limits(SmuxLimits.builder().unusedStreamTimeoutMs(60_000).build())
                .build());
        server.syn(3);
        server.syn(5);
        server.syn(7);
        server.psh(5, "x");
        server.accepted.get(2).stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
        server.passMs(59_000);
        assertThat(server.session.streamCount()).isEqualTo(3);
        server.passMs(2_000);
        assertThat(server.session.streamCount()).isEqualTo(2);
        assertThat(server.accepted.get(0).errors.get(0))
                .isInstanceOfSatisfying(SmuxStreamException.class, e -> assertThat(e.kind())
                        .isEqualTo(SmuxStreamException.Kind.NEVER_USED));
        assertThat(server.sent(FrameHeader.FIN)).extracting(Endpoint.Frame::id).containsExactly(3);
        server.finish();
    }

    @Test
    void aWriterThatNeverGetsWindowIsClosed() {
        Endpoint client = Endpoint.client(Endpoint.config(2)
                .limits(SmuxLimits.builder().writeStallTimeoutMs(60_000).build())
                .build());
        Recorder stream = client.open();
        stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        client.passMs(50_000);
        client.upd(3, 1000, 300_000);
        client.passMs(100);
        client.upd(3, 262_144, 0);
        stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        client.passMs(59_000);
        assertThat(stream.isInactive()).isFalse();
        client.passMs(2_000);
        assertThat(stream.errors.get(0)).isInstanceOfSatisfying(SmuxStreamException.class, e -> assertThat(e.kind())
                .isEqualTo(SmuxStreamException.Kind.WRITE_STALLED));
        assertThat(client.sent(FrameHeader.FIN)).hasSize(1);
        client.finish();
    }

    @Test
    void aSessionWithoutStreamsEndsWhenALimitIsSet() {
        Endpoint server = Endpoint.server(Endpoint.config(1)
                .limits(SmuxLimits.builder().idleSessionTimeoutMs(60_000).build())
                .build());
        server.passMs(50_000);
        server.syn(3);
        server.passMs(100_000);
        assertThat(server.session.isClosed()).isFalse();
        server.accepted.get(0).stream().close();
        server.run();
        server.passMs(55_000);
        assertThat(server.session.isClosed()).isFalse();
        for (int i = 0; i < 10 && server.parent.isOpen(); i++) {
            server.nop();
            server.passMs(4_000);
        }
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.IDLE_TIMEOUT);
        server.finish();
    }

    @Test
    void anIdleSessionHasNoTimerButTheKeepAlive() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        server.psh(3, "x");
        server.passMs(1000);
        assertThat(server.parent.runScheduledPendingTasks())
                .as("nanoseconds to the next task; none")
                .isEqualTo(-1);
        server.finish();
    }
}
