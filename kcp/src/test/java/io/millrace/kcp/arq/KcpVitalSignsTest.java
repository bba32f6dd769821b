package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.LinkProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the core can say about whether its peer lives and still knows the session. */
class KcpVitalSignsTest {
    private static final LinkProfile DELAYED = LinkProfile.builder().delayMs(20).build();

    private static int silenceMs(SimulatedPair pair) {
        return pair.a.kcp.silenceMs((int) pair.clock.nowMs());
    }

    private static int msSinceHeard(SimulatedPair pair) {
        return pair.a.kcp.msSinceHeard((int) pair.clock.nowMs());
    }

    @ParameterizedTest(name = "clock {0} ms, numbers from {1}")
    @CsvSource({"0, 0", "2147483000, 2147483646", "4294967000, -2"})
    void aPeerThatOwesNothingIsNotSilent(long startMs, int firstSn) {
        SimulatedPair pair =
                SimulatedPair.over(DELAYED, 1).starting(startMs, firstSn).build();
        assertThat(silenceMs(pair)).isZero();
        assertThat(pair.a.kcp.isHeard()).isFalse();
        pair.clock.advance(5000);
        assertThat(silenceMs(pair)).isZero();
        assertThat(msSinceHeard(pair)).isEqualTo(5000);
        pair.a.write(100);
        pair.clock.advance(30);
        assertThat(silenceMs(pair)).as("since it was sent").isEqualTo(30);
        pair.runUntilReceived(0, 100, 1000);
        pair.clock.advance(1000);
        assertThat(pair.a.kcp.isHeard()).isTrue();
        assertThat(silenceMs(pair)).isZero();
        assertThat(msSinceHeard(pair)).isBetween(900, 1000);
        pair.assertComesToRest(60_000);
    }

    @Test
    void silenceCountsFromTheLastAnswerAndEndsWithTheNext() {
        SimulatedPair pair = SimulatedPair.over(DELAYED, 2).build();
        pair.a.write(3_000_000);
        pair.clock.advance(200);
        assertThat(silenceMs(pair)).isLessThan(60);
        pair.link.setBlackout(true);
        pair.clock.advance(10_000);
        assertThat(silenceMs(pair)).isBetween(9_900, 10_000).isEqualTo(msSinceHeard(pair));
        pair.link.setBlackout(false);
        pair.clock.advance(5000);
        assertThat(silenceMs(pair)).isLessThan(100);
        pair.runUntilReceived(0, 3_000_000, 60_000);
        pair.assertComesToRest(60_000);
    }

    @Test
    void anIdlePeerAnswersWhenAsked() {
        SimulatedPair pair = SimulatedPair.over(DELAYED, 3).build();
        pair.a.write(10);
        pair.runUntilReceived(0, 10, 1000);
        pair.clock.advance(60_000);
        assertThat(msSinceHeard(pair)).isGreaterThan(59_000);
        pair.a.kcp.askForSign((int) pair.clock.nowMs());
        assertThat(pair.a.kcp.msUntilFlush((int) pair.clock.nowMs())).isZero();
        pair.a.write(0); // as a session does
        pair.clock.advance(100);
        assertThat(msSinceHeard(pair)).isBetween(40, 60);
        pair.assertComesToRest(60_000);
    }

    @Test
    void askingIsOneWindowProbeAndTheOldestSegmentAgain() {
        KcpBench bench = new KcpBench(KcpBench.config(true, 10, 2));
        bench.kcp.askForSign(0);
        bench.kcp.askForSign(0);
        assertThat(bench.flushBrief()).containsExactly("WASK");
        assertThat(bench.flushBrief()).isEmpty();
        assertThat(bench.kcp.silenceMs(700)).as("an answer is due").isEqualTo(700);
        bench.nowMs = 700;
        bench.input(bench.wins());
        assertThat(bench.kcp.silenceMs(9000)).as("no more").isZero();
        bench.sendSegments(3);
        bench.flush();
        assertThat(bench.sleepAndFlush()).as("all timed out once").hasSize(3);
        bench.nowMs++;
        bench.kcp.askForSign(bench.nowMs);
        assertThat(bench.flushBrief()).containsExactly("WASK", "PUSH 0");
        assertThat(bench.flushBrief()).isEmpty();
        assertThat(bench.kcp.silenceMs(bench.nowMs)).isEqualTo(bench.nowMs - 700);
    }

    @Test
    void aClosedWindowIsOwedAnAnswerToo() {
        SimulatedPair pair = SimulatedPair.over(DELAYED, 4).build();
        pair.b.setReading(false);
        pair.a.write(3_000_000);
        pair.clock.advance(20_000);
        assertThat(pair.a.kcp.remoteWindowSegments()).isZero();
        assertThat(silenceMs(pair)).as("it answers probes").isLessThan(8000);
        pair.link.setBlackout(true);
        int before = silenceMs(pair);
        pair.clock.advance(30_000);
        assertThat(silenceMs(pair)).isEqualTo(before + 30_000);
        pair.close();
    }

    /** As after its restart: it acknowledges what comes, but its una is 0 and its own numbers begin again. */
    @Test
    void aPeerThatForgotTheSessionIsSilentWhateverItSends() {
        KcpBench bench = new KcpBench(KcpBench.config(true, 10, 2));
        bench.send("first");
        bench.flush();
        bench.nowMs = 100;
        bench.peerUna = 1;
        bench.input(bench.ack(0, 0));
        assertThat(bench.kcp.msSinceHeard(100)).isZero();
        bench.nowMs = 200;
        bench.send("second");
        bench.flush();
        bench.peerUna = 0;
        bench.nowMs = 300;
        bench.input(bench.ack(1, 200));
        assertThat(bench.kcp.waitingSegments()).as("una did not pass it").isEqualTo(1);
        bench.nowMs = 400;
        bench.input(bench.push(0, 7, "hello"));
        bench.nowMs = 500;
        bench.input(bench.wins());
        assertThat(bench.kcp.msSinceHeard(500)).isEqualTo(400);
        assertThat(bench.kcp.silenceMs(500)).isEqualTo(300);
        bench.peerUna = 3; // beyond what was ever sent
        bench.input(bench.wins());
        assertThat(bench.kcp.silenceMs(500)).isEqualTo(300);
        bench.peerUna = 2;
        bench.input(Kcp.InputKind.RECOVERED, bench.wins()); // recovered by FEC: as old as it likes
        assertThat(bench.kcp.msSinceHeard(500)).isEqualTo(400);
        bench.send("third");
        bench.flush();
        bench.input(bench.wins());
        assertThat(bench.kcp.silenceMs(600)).isEqualTo(100);
        assertThat(bench.kcp.msSinceHeard(600)).isEqualTo(100);
    }
}
