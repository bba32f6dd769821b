package io.millrace.tunnel.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.smux.SmuxStreamException;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each way a relay can go, in virtual time. spec: tunnel 4, smux 8.5 */
class RelayStateTest {
    private final EmbeddedDuplexChannel stream = new EmbeddedDuplexChannel();
    private final EmbeddedDuplexChannel application = new EmbeddedDuplexChannel();
    private final List<RelayResult> results = new ArrayList<>();

    private Relay join(RelayOptions options) {
        return Relay.join(stream, application, options, results::add);
    }

    private void pass(long ms) {
        // Both clocks, since either channel's loop may hold the timer.
        stream.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        application.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        stream.runScheduledPendingTasks();
        application.runScheduledPendingTasks();
        stream.runPendingTasks();
        application.runPendingTasks();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private RelayResult result() {
        stream.runPendingTasks();
        application.runPendingTasks();
        assertThat(results).hasSize(1);
        assertThat(stream.isOpen()).isFalse();
        assertThat(application.isOpen()).isFalse();
        return results.get(0);
    }

    private void assertRunning() {
        assertThat(results).isEmpty();
        assertThat(stream.isOpen()).isTrue();
        assertThat(application.isOpen()).isTrue();
    }

    @AfterEach
    void release() {
        stream.finishAndReleaseAll();
        application.finishAndReleaseAll();
    }

    @Test
    void carriesBothWaysAndCounts() {
        join(RelayOptions.DEFAULT);
        application.receive(bytes("question"));
        stream.receive(bytes("the answer"));
        assertThat(stream.written()).isEqualTo(bytes("question"));
        assertThat(application.written()).isEqualTo(bytes("the answer"));
        application.receiveEnd();
        assertRunning();
        stream.receiveEnd();
        RelayResult result = result();
        assertThat(result.end()).isEqualTo(RelayEnd.COMPLETED);
        assertThat(result.bytesToStream()).isEqualTo(8);
        assertThat(result.bytesToApplication()).isEqualTo(10);
        assertThat(result.cause()).isNull();
    }

    @Test
    void applicationEndsFirstAndGetsTheWholeAnswer() {
        join(RelayOptions.DEFAULT);
        application.receive(bytes("question"));
        application.receiveEnd();
        assertThat(stream.isOutputShutdown()).isTrue();
        pass(TimeUnit.MINUTES.toMillis(50));
        stream.receive(bytes("late answer"));
        assertThat(application.written()).isEqualTo(bytes("late answer"));
        assertThat(application.isOutputShutdown()).isFalse();
        stream.receiveEnd();
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    @Test
    void peerEndsFirstAndStillGetsEverything() {
        join(RelayOptions.DEFAULT);
        stream.receive(bytes("answer"));
        stream.receiveEnd();
        assertThat(application.isOutputShutdown()).isTrue();
        assertThat(stream.isOutputShutdown()).isFalse();
        pass(TimeUnit.MINUTES.toMillis(50));
        application.receive(bytes("more"));
        assertThat(stream.written()).isEqualTo(bytes("more"));
        application.receiveEnd();
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    @Test
    void theEndWaitsForWhatIsNotWritten() {
        join(RelayOptions.DEFAULT);
        stream.full(true);
        application.receive(bytes("question"));
        application.receiveEnd();
        assertThat(stream.isOutputShutdown()).isFalse();
        stream.full(false);
        assertThat(stream.written()).isEqualTo(bytes("question"));
        assertThat(stream.isOutputShutdown()).isTrue();
    }

    @Test
    void aFullSideStopsTheReadingOfTheOther() {
        stream.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1000, 2000));
        join(RelayOptions.DEFAULT);
        stream.full(true);
        for (int i = 0; i < 100; i++) {
            application.receive(new byte[100]);
        }
        assertThat(application.config().isAutoRead()).isFalse();
        assertThat(stream.unsafe().outboundBuffer().totalPendingWriteBytes()).isLessThan(5000);
        assertThat(application.unreadBuffers()).isGreaterThan(50);
        stream.full(false);
        application.runPendingTasks();
        stream.runPendingTasks();
        assertThat(application.config().isAutoRead()).isTrue();
        assertThat(stream.written()).hasSize(10000);
    }

    @Test
    void waitsForTheDialWithoutReading() {
        stream.config().setAutoRead(false);
        EmbeddedDuplexChannel target = application;
        ChannelPromise dial = new DefaultChannelPromise(target, target.eventLoop());
        Relay.joinDialing(stream, dial, RelayOptions.DEFAULT, results::add);
        stream.receive(bytes("early"));
        assertThat(stream.unreadBuffers()).isEqualTo(1);
        assertThat(target.written()).isEmpty();
        dial.setSuccess();
        target.runPendingTasks();
        assertThat(target.written()).isEqualTo(bytes("early"));
    }

    @Test
    void aFailedDialClosesTheStream() {
        ChannelPromise dial = new DefaultChannelPromise(application, application.eventLoop());
        Relay.joinDialing(stream, dial, RelayOptions.DEFAULT, results::add);
        IOException refused = new IOException("refused");
        dial.setFailure(refused);
        application.runPendingTasks();
        assertThat(result().end()).isEqualTo(RelayEnd.DIAL_FAILED);
        assertThat(result().cause()).isSameAs(refused);
    }

    @Test
    void aStreamThatClosesWhileDialingGivesItUp() {
        ChannelPromise dial = new DefaultChannelPromise(application, application.eventLoop());
        Relay.joinDialing(stream, dial, RelayOptions.DEFAULT, results::add);
        stream.closeByPeer();
        assertThat(result().end()).isEqualTo(RelayEnd.STREAM_CLOSED);
    }

    @Test
    void aBrokenStreamIsNotACleanEnd() {
        join(RelayOptions.DEFAULT);
        stream.receive(bytes("half of the ans"));
        IOException lost = new IOException("session lost");
        stream.pipeline().fireExceptionCaught(lost);
        stream.closeByPeer();
        assertThat(result().end()).isEqualTo(RelayEnd.STREAM_FAILED);
        assertThat(result().cause()).isSameAs(lost);
        assertThat(application.isOutputShutdown())
                .as("closed without an orderly end")
                .isTrue();
    }

    @Test
    void aStreamLostAfterThePeersEndLosesNothing() {
        join(RelayOptions.DEFAULT);
        application.full(true);
        stream.receive(bytes("whole answer"));
        stream.receiveEnd();
        stream.pipeline().fireExceptionCaught(new IOException("session lost"));
        stream.closeByPeer();
        assertThat(application.isOpen()).isTrue();
        application.full(false);
        assertThat(application.written()).isEqualTo(bytes("whole answer"));
        application.receiveEnd();
        assertThat(result().end()).isEqualTo(RelayEnd.STREAM_CLOSED);
    }

    @Test
    void aPeerThatClosesAltogetherIsACleanEnd() {
        join(RelayOptions.DEFAULT);
        application.full(true);
        stream.receive(bytes("whole answer"));
        stream.closeByPeer();
        application.receive(bytes("into the void"));
        application.full(false);
        assertThat(application.written()).isEqualTo(bytes("whole answer"));
        assertThat(application.isOpen())
                .as("still read, so that nothing is reset")
                .isTrue();
        application.receiveEnd();
        assertThat(result().end()).isEqualTo(RelayEnd.STREAM_CLOSED);
    }

    @Test
    void anApplicationThatDoesNotEndAfterThePeerClosedIsClosed() {
        join(RelayOptions.DEFAULT.withStallMs(1000));
        stream.closeByPeer();
        pass(900);
        assertThat(application.isOpen()).isTrue();
        pass(1200);
        assertThat(result().end()).isEqualTo(RelayEnd.STREAM_CLOSED);
    }

    @Test
    void aBrokenApplicationStillDeliversWhatItSent() {
        join(RelayOptions.DEFAULT);
        stream.full(true);
        application.receive(bytes("last words"));
        application.pipeline().fireExceptionCaught(new IOException("Connection reset"));
        application.closeByPeer();
        assertThat(stream.isOpen()).isTrue();
        stream.full(false);
        assertThat(stream.written()).isEqualTo(bytes("last words"));
        assertThat(stream.isResetOnClose()).isTrue();
        assertThat(result().end()).isEqualTo(RelayEnd.APPLICATION_FAILED);
        assertThat(result().cause()).hasMessage("Connection reset");
    }

    @Test
    void anApplicationThatTakesNoMoreIsStillHeard() {
        join(RelayOptions.DEFAULT);
        IOException broken = new IOException("Broken pipe");
        application.failWrites(broken);
        stream.receive(bytes("a long request"));
        assertRunning();
        stream.receive(bytes("goes on"));
        application.receive(bytes("refused"));
        assertThat(stream.written()).isEqualTo(bytes("refused"));
        application.receiveEnd();
        assertThat(stream.isResetOnClose()).isTrue();
        assertThat(result().end()).isEqualTo(RelayEnd.APPLICATION_FAILED);
        assertThat(result().cause()).hasRootCause(broken);
    }

    @Test
    void anApplicationThatTakesNoMoreAndSaysNothingIsNotWaitedForLong() {
        join(RelayOptions.DEFAULT);
        application.failWrites(new IOException("Broken pipe"));
        stream.receive(bytes("request"));
        pass(900);
        assertRunning();
        application.receive(bytes("slow"));
        pass(900);
        assertRunning();
        pass(1200);
        assertThat(result().end()).isEqualTo(RelayEnd.APPLICATION_FAILED);
        assertThat(stream.isResetOnClose()).isTrue();
    }

    @Test
    void aBrokenApplicationThatHadEndedItsInputStillStopsThePeer() {
        join(RelayOptions.DEFAULT);
        application.receiveEnd();
        assertThat(stream.isOutputShutdown()).isTrue();
        stream.receive(bytes("download"));
        application.pipeline().fireExceptionCaught(new IOException("Connection reset"));
        assertThat(stream.isResetOnClose()).isTrue();
        assertThat(result().end()).isEqualTo(RelayEnd.APPLICATION_FAILED);
    }

    @Test
    void whatBothSidesHaveEndedIsNoReset() {
        join(RelayOptions.DEFAULT);
        stream.receiveEnd();
        application.receiveEnd();
        assertThat(stream.isResetOnClose()).isFalse();
        assertThat(application.isResetOnClose()).isFalse();
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    private static SmuxStreamException reset() {
        return new SmuxStreamException(SmuxStreamException.Kind.RESET, "reset");
    }

    @Test
    void aResetOfThePeerResetsTheApplicationAtOnce() {
        join(RelayOptions.DEFAULT);
        application.full(true);
        stream.receive(bytes("upload, cut"));
        stream.pipeline().fireExceptionCaught(reset());
        assertThat(application.isResetOnClose()).isTrue();
        assertThat(result().end()).isEqualTo(RelayEnd.STREAM_RESET);
    }

    @Test
    void aResetAfterThePeersFinEndsTheDownload() {
        join(RelayOptions.DEFAULT);
        stream.receive(bytes("request"));
        stream.receiveEnd();
        assertThat(application.isOutputShutdown()).isTrue();
        stream.full(true);
        application.receive(bytes("download"));
        stream.pipeline().fireExceptionCaught(reset());
        stream.closeByPeer();
        assertThat(application.written()).isEqualTo(bytes("request"));
        assertThat(application.isResetOnClose()).as("it was told the end").isFalse();
        assertThat(result().end()).isEqualTo(RelayEnd.STREAM_RESET);
    }

    @Test
    void whatDoesNotMoveIsGivenUpAfterABrokenApplication() {
        join(RelayOptions.DEFAULT.withStallMs(1000));
        stream.full(true);
        application.receive(bytes("last words"));
        application.pipeline().fireExceptionCaught(new IOException("Connection reset"));
        pass(999);
        assertThat(stream.isOpen()).isTrue();
        pass(1001);
        assertThat(result().end()).isEqualTo(RelayEnd.APPLICATION_FAILED);
    }

    @Test
    void holdsTheFinUntilThePeersFin() {
        join(RelayOptions.DEFAULT.holdingFin(5000));
        application.receive(bytes("question"));
        application.receiveEnd();
        assertThat(stream.isOutputShutdown()).isFalse();
        for (int i = 0; i < 10; i++) {
            pass(4000);
            assertThat(stream.isOutputShutdown()).isFalse();
            stream.receive(bytes("answer"));
        }
        stream.receiveEnd();
        assertThat(stream.isOutputShutdown()).isTrue();
        assertThat(application.written()).hasSize(60);
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    @Test
    void sendsTheHeldFinToASilentPeerAndClosesWhenItStaysSilent() {
        join(RelayOptions.DEFAULT.holdingFin(5000));
        application.receiveEnd();
        pass(4900);
        assertThat(stream.isOutputShutdown()).isFalse();
        pass(200);
        assertThat(stream.isOutputShutdown()).isTrue();
        assertRunning();
        pass(5200);
        assertThat(result().end()).isEqualTo(RelayEnd.HOLD_EXPIRED);
    }

    @Test
    void aSlowReaderIsNotASilentPeer() {
        join(RelayOptions.DEFAULT.holdingFin(5000));
        application.full(true);
        stream.receive(bytes("answer"));
        application.receiveEnd();
        pass(60_000);
        assertThat(stream.isOutputShutdown()).isFalse();
        assertRunning();
        application.full(false);
        stream.receiveEnd();
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    @Test
    void holdingDoesNotDelayAnEndThatThePeerGaveFirst() {
        join(RelayOptions.DEFAULT.holdingFin(5000));
        stream.receiveEnd();
        application.receiveEnd();
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    @Test
    void dataLongAfterThePeersFinIsRefusedButSilenceIsNot() {
        join(RelayOptions.DEFAULT.withPeerFinLimitMs(30_000));
        stream.receiveEnd();
        pass(29_000);
        application.receive(bytes("in time"));
        assertThat(stream.written()).isEqualTo(bytes("in time"));
        pass(600_000);
        assertRunning();
        application.receive(bytes("too late"));
        assertThat(stream.written()).isEqualTo(bytes("in time"));
        assertThat(result().end()).isEqualTo(RelayEnd.PEER_GONE);
    }

    @Test
    void aPeerThatTakesNothingAfterItsFinIsGone() {
        join(RelayOptions.DEFAULT.withPeerFinStallMs(10_000));
        stream.receiveEnd();
        stream.full(true);
        application.receive(bytes("download"));
        pass(9_000);
        assertRunning();
        pass(12_000);
        assertThat(result().end()).isEqualTo(RelayEnd.PEER_GONE);
    }

    @Test
    void aPeerThatTakesNothingBeforeItsFinIsWaitedFor() {
        join(RelayOptions.DEFAULT.withPeerFinStallMs(10_000));
        stream.full(true);
        application.receive(bytes("upload"));
        application.receiveEnd();
        pass(600_000);
        assertRunning();
        stream.full(false);
        stream.receiveEnd();
        assertThat(result().end()).isEqualTo(RelayEnd.COMPLETED);
    }

    @Test
    void halfOpenSilenceEnds() {
        join(RelayOptions.DEFAULT.withHalfOpenIdleMs(60_000).withStallMs(60_000));
        application.receiveEnd();
        pass(59_000);
        stream.receive(bytes("x"));
        pass(59_000);
        assertRunning();
        pass(2_000);
        pass(60_000);
        assertThat(result().end()).isEqualTo(RelayEnd.IDLE);
    }

    @Test
    void fullyOpenSilenceDoesNotEnd() {
        join(RelayOptions.DEFAULT);
        pass(TimeUnit.DAYS.toMillis(30));
        assertRunning();
    }

    @Test
    void closeWritesWhatWasRead() {
        Relay relay = join(RelayOptions.DEFAULT);
        stream.full(true);
        application.full(true);
        application.receive(bytes("up"));
        stream.receive(bytes("down"));
        relay.close();
        assertThat(stream.isOpen()).isTrue();
        stream.full(false);
        assertThat(stream.isOpen()).isTrue();
        application.full(false);
        assertThat(stream.written()).isEqualTo(bytes("up"));
        assertThat(application.written()).isEqualTo(bytes("down"));
        assertThat(result().end()).isEqualTo(RelayEnd.CLOSED_HERE);
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> RelayOptions.DEFAULT.withStallMs(0)).hasMessage("stallMs 0 must be at least 1");
        assertThatThrownBy(() -> RelayOptions.DEFAULT.withPeerFinStallMs(0))
                .hasMessage("peerFinStallMs 0 must be at least 1");
        assertThatThrownBy(() -> RelayOptions.DEFAULT.holdingFin(-1)).hasMessage("closeWaitMs -1 must be at least 0");
    }
}
