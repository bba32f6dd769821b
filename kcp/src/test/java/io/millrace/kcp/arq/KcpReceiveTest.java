package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.Kcp.FlushMode;
import io.millrace.kcp.arq.Kcp.InputKind;
import io.millrace.kcp.arq.Kcp.InputResult;
import io.millrace.kcp.arq.Packets.Seg;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.millrace.kcp.wire.LittleEndian;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The receiving side: what is taken, acknowledged and told. Run from 0 and just before both kinds of wrap. */
@ParameterizedClass(name = "numbers from {0}, clock from {1}")
@CsvSource({"0, 0", "2147483646, 2147483600", "-2, -60"})
class KcpReceiveTest {
    private final int firstSn;
    private final int startMs;
    private final KcpBench bench;

    KcpReceiveTest(int firstSn, int startMs) {
        this.firstSn = firstSn;
        this.startMs = startMs;
        bench = bench(KcpBench.config(true, 20, 2));
    }

    private KcpBench bench(KcpConfig config) {
        return new KcpBench(config, firstSn, startMs);
    }

    private static Seg ack(int sn, int ts, int una, int wnd) {
        return new Seg(KcpBench.CONV, KcpSegmentHeader.CMD_ACK, 0, wnd, ts, sn, una, "");
    }

    // The probes of spec: kcp 10.7.

    @Test
    void probeA_aPushIsAcknowledged() {
        assertThat(bench.input(bench.push(0, 1, "12345678"))).isEqualTo(InputResult.OK);
        assertThat(bench.flush()).containsExactly(ack(0, 1, 1, 127));
        assertThat(bench.read(100)).isEqualTo("12345678");
        assertThat(bench.flush()).isEmpty();
    }

    @Test
    void probeB_whatUnaCoversIsNotAcknowledgedAgain() {
        bench.input(bench.push(0, 1, "a"));
        bench.flush();
        bench.read(100);
        bench.input(bench.push(0, 7, "a"), bench.push(1, 8, "b"));
        assertThat(bench.flush()).containsExactly(ack(1, 8, 2, 127));
        assertThat(bench.kcp.stats().repeatSegs).isEqualTo(1);
    }

    @Test
    void probeC_aDuplicateAloneIsAcknowledged() {
        bench.input(bench.push(0, 7, "a"), bench.push(1, 8, "b"));
        bench.flush();
        bench.input(bench.push(0, 9, "a"));
        assertThat(bench.flush()).containsExactly(ack(0, 9, 2, 126));
        assertThat(bench.read(100)).isEqualTo("ab");
    }

    @Test
    void probeD_aWindowAskIsAnsweredAtOnce() {
        bench.input(bench.push(0, 7, "a"), bench.push(1, 8, "b"));
        bench.flush();
        bench.input(bench.wask());
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
        List<Seg> answer = bench.flush();
        assertThat(answer).hasSize(1);
        assertThat(answer.get(0).isWins()).isTrue();
        assertThat(answer.get(0).una()).isEqualTo(2);
        assertThat(answer.get(0).wnd()).isEqualTo(126);
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
    }

    @Test
    void probeE_anotherConversationIsRefused() {
        byte[] foreign = bench.push(0, 1, "a");
        LittleEndian.putInt(foreign, 0, KcpBench.CONV + 1);
        assertThat(bench.input(foreign)).isEqualTo(InputResult.WRONG_CONV);
        assertThat(bench.kcp.stats().kcpInErrors).isEqualTo(1);
        assertThat(bench.flush()).isEmpty();
        assertThat(bench.kcp.readableBytes()).isZero();
    }

    @Test
    void probeG_anAckOfWhatWasNeverSentDoesNothing() {
        bench.peerWindow = 77;
        assertThat(bench.input(bench.ack(1000, 0))).isEqualTo(InputResult.OK);
        assertThat(bench.kcp.remoteWindowSegments()).isEqualTo(77);
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(Integer.MAX_VALUE);
        assertThat(bench.flush()).isEmpty();
    }

    @Test
    void probeH_whatLiesBeyondTheWindowIsNotAcknowledged() {
        bench.input(bench.push(128, 1, "late"));
        assertThat(bench.flush()).isEmpty();
        assertThat(bench.kcp.stats().repeatSegs).isEqualTo(1);
        bench.input(bench.push(127, 2, "late"));
        assertThat(bench.flush()).containsExactly(ack(127, 2, 0, 128));
        assertThat(bench.kcp.hasReceivedInOrder()).isFalse();
        bench.input(bench.push(0, 3, "begin"));
        assertThat(bench.kcp.hasReceivedInOrder()).isTrue();
    }

    // Acknowledgements.

    @Test
    void acknowledgesWhatIsOutOfOrderAndTheLast() {
        bench.input(bench.push(3, 10, "d"), bench.push(0, 11, "a"), bench.push(2, 12, "c"), bench.push(0, 13, "a"));
        assertThat(bench.flush()).containsExactly(ack(3, 10, 1, 127), ack(2, 12, 1, 127), ack(0, 13, 1, 127));
        bench.input(bench.push(1, 14, "b"));
        assertThat(bench.flush()).containsExactly(ack(1, 14, 4, 124));
        assertThat(bench.read(100)).isEqualTo("abcd");
    }

    @Test
    void acknowledgementsWaitForTheNextTickOfTheInterval() {
        bench.nowMs = 3;
        bench.input(bench.push(0, 1, "a"));
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(17);
        bench.nowMs = 15;
        bench.input(bench.push(1, 1, "b"));
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(5);
        bench.nowMs = 33;
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isZero();
        bench.flush();
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(Integer.MAX_VALUE);
        bench.nowMs = 40;
        bench.input(bench.push(2, 1, "c"));
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(20);
    }

    @Test
    void withoutAckDelayEveryBatchAsksForAFlush() {
        KcpBench prompt = bench(new KcpConfig(1400, 128, 128, true, 20, 2, false, true));
        assertThat(prompt.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
        prompt.input(prompt.push(5, 1, "f"));
        assertThat(prompt.kcp.flushWanted()).isEqualTo(FlushMode.ACK_ONLY);
        assertThat(prompt.flush(FlushMode.ACK_ONLY)).containsExactly(ack(5, 1, 0, 128));
        assertThat(prompt.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
    }

    /** 55 for the usual 1322 bytes. spec: kcp 5.5 */
    @Test
    void aPacketFullOfAcknowledgementsDoesNotWait() {
        KcpBench usual = bench(new KcpConfig(1322, 128, 128, true, 20, 2, false, false));
        for (int i = 0; i < 54; i++) {
            usual.input(usual.push(i + 1, i, "x"));
            assertThat(usual.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
        }
        usual.input(usual.push(60, 60, "x"));
        assertThat(usual.kcp.flushWanted()).isEqualTo(FlushMode.ACK_ONLY);
        assertThat(usual.flushPackets(FlushMode.ACK_ONLY)).singleElement().satisfies(packet -> assertThat(packet)
                .hasSize(55 * KcpSegmentHeader.BYTES));
    }

    @Test
    void anAckOnlyFlushSendsNoData() {
        bench.send("data");
        bench.input(bench.push(0, 1, "a"));
        assertThat(bench.flush(FlushMode.ACK_ONLY)).containsExactly(ack(0, 1, 1, 127));
        assertThat(bench.flush(FlushMode.NONE)).isEmpty();
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
    }

    // What a hostile peer with the key can do. spec: kcp 6.2

    @Test
    void acknowledgementsOwedAreBounded() {
        int given = 0;
        while (!bench.kcp.ackListFull()) {
            bench.input(bench.push(given++ % 100, 0, ""));
        }
        assertThat(given).isEqualTo(AckList.FULL_SIZE);
        for (int i = 0; i < 10_000; i++) {
            bench.input(bench.push(1, 0, ""), bench.push(2, 0, ""));
        }
        bench.input(bench.push(100, 0, "not taken"));
        assertThat(bench.kcp.readableBytes()).isZero();
        // All numbers are below una by now: one ACK in all.
        assertThat(bench.flush()).hasSize(1);
        bench.input(bench.push(100, 0, "taken"));
        assertThat(bench.read(100)).isEqualTo("taken");
    }

    @Test
    void anAcknowledgementStormStaysWithinTwoThousand() {
        for (int i = 0; i < 10_000; i++) {
            bench.input(bench.push(1, i, "x"));
        }
        assertThat(bench.flush()).hasSize(AckList.MAX_SIZE);
    }

    @Test
    void aZeroLengthPushIsAcknowledgedAndDeliversNothing() {
        bench.input(bench.push(0, 1, ""));
        assertThat(bench.flush()).containsExactly(ack(0, 1, 1, 128));
        assertThat(bench.kcp.readableBytes()).isZero();
        assertThat(bench.kcp.hasReceivedInOrder()).isFalse();
        bench.input(bench.push(3, 1, "z"), bench.push(2, 1, ""), bench.push(1, 1, "y"));
        assertThat(bench.read(100)).isEqualTo("yz");
        assertThat(bench.flush()).last().isEqualTo(ack(1, 1, 4, 128 - 2 + 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 127, 128, 255})
    void fragmentCountsAreIgnored(int frg) {
        byte[] fragment = bench.push(0, 1, "part");
        fragment[5] = (byte) frg;
        bench.input(fragment, bench.push(1, 1, "next"));
        assertThat(bench.read(100)).isEqualTo("partnext");
        assertThat(bench.flush()).last().isEqualTo(ack(1, 1, 2, 128));
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 1400, 0x7fff_ffffL, 0x8000_0000L, 0xffff_fff0L, 0xffff_ffffL})
    void aLengthBeyondThePacketIsRefused(long len) {
        byte[] bad = bench.push(1, 1, "1234");
        LittleEndian.putInt(bad, 20, (int) len);
        assertThat(bench.input(bench.push(0, 1, "good"), bad)).isEqualTo(InputResult.BAD_LENGTH);
        assertThat(bench.kcp.stats().kcpInErrors).isEqualTo(1);
        assertThat(bench.kcp.stats().inSegs).isZero();
        assertThat(bench.read(100)).isEqualTo("good");
        assertThat(bench.flush()).containsExactly(ack(0, 1, 1, 128));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 80, 85, 127, 128, 255})
    void anUnknownCommandIsRefused(int cmd) {
        byte[] bad = bench.push(1, 1, "1234");
        bad[4] = (byte) cmd;
        assertThat(bench.input(bench.push(0, 1, "good"), bad)).isEqualTo(InputResult.BAD_COMMAND);
        assertThat(bench.read(100)).isEqualTo("good");
    }

    @Test
    void theConversationIsCheckedInEverySegment() {
        byte[] bad = bench.push(1, 1, "1234");
        LittleEndian.putInt(bad, 0, ~KcpBench.CONV);
        assertThat(bench.input(bench.push(0, 1, "good"), bad, bench.push(2, 1, "not seen")))
                .isEqualTo(InputResult.WRONG_CONV);
        assertThat(bench.read(100)).isEqualTo("good");
        assertThat(bench.flush()).containsExactly(ack(0, 1, 1, 128));
    }

    @Test
    void lessThanAHeaderIsTooShortAndLessAfterASegmentIsIgnored() {
        byte[] push = bench.push(0, 1, "");
        for (int length = 0; length < KcpSegmentHeader.BYTES; length++) {
            assertThat(bench.input(Arrays.copyOf(push, length))).isEqualTo(InputResult.TOO_SHORT);
            assertThat(bench.input(bench.push(0, 1, "a"), Arrays.copyOf(push, length)))
                    .isEqualTo(InputResult.OK);
        }
        assertThat(bench.kcp.stats().kcpInErrors).isEqualTo(24);
        assertThat(bench.kcp.stats().inSegs).isEqualTo(24);
        assertThat(bench.read(100)).isEqualTo("a");
    }

    // Windows.

    @Test
    void theLargestWindowIsTold() {
        KcpBench wide = bench(new KcpConfig(1400, 65_535, 65_535, true, 20, 2, false, false));
        wide.input(wide.push(65_535, 1, "beyond"));
        assertThat(wide.flush()).isEmpty();
        wide.input(wide.push(65_534, 1, "last"));
        assertThat(wide.flush()).containsExactly(ack(65_534, 1, 0, 65_535));
        wide.peerWindow = 65_535;
        wide.input(wide.wins());
        assertThat(wide.kcp.remoteWindowSegments()).isEqualTo(65_535);
        assertThat(wide.kcp.sendCapacityBytes()).isEqualTo(65_535 * 1376);
    }

    @Test
    void onlyWhatIsInOrderAndUnreadCountsAgainstTheWindow() {
        KcpBench small = bench(new KcpConfig(1400, 4, 4, true, 20, 2, false, false));
        small.input(small.push(2, 1, "c"), small.push(3, 1, "d"));
        assertThat(small.flush()).allSatisfy(s -> assertThat(s.wnd()).isEqualTo(4));
        small.input(small.push(0, 1, "a"));
        assertThat(small.flush()).containsExactly(ack(0, 1, 1, 3));
    }

    @Test
    void aReaderThatReopensAClosedWindowTellsThePeerAtOnce() {
        KcpBench small = bench(new KcpConfig(1400, 4, 4, true, 20, 2, false, false));
        small.input(small.push(0, 1, "aa"), small.push(1, 1, "bb"), small.push(2, 1, "cc"), small.push(3, 1, "dd"));
        // The window counts from the next number: these wait out of order, in front of a closed window.
        small.input(small.push(4, 1, "ee"), small.push(5, 1, "ff"));
        assertThat(small.flush()).last().isEqualTo(ack(5, 1, 4, 0));
        assertThat(small.read(1)).isEqualTo("a");
        assertThat(small.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
        // One slot is free, and taken at once by what waited.
        assertThat(small.read(1)).isEqualTo("a");
        assertThat(small.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
        assertThat(small.kcp.readableBytes()).isEqualTo(8);
        assertThat(small.read(4)).isEqualTo("bbcc");
        assertThat(small.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
        List<Seg> told = small.flush();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).isWins()).isTrue();
        assertThat(told.get(0).wnd()).isEqualTo(1);
        assertThat(told.get(0).una()).isEqualTo(6);
        assertThat(small.read(100)).isEqualTo("ddeeff");
        assertThat(small.kcp.flushWanted()).as("the window was not closed").isEqualTo(FlushMode.NONE);
    }

    // Packets from the FEC decoder. spec: kcp 4.6

    @Test
    void whatFecRecoveredCountsButItsWindowStampAndRepetitionDoNot() {
        bench.send("data");
        bench.flush();
        bench.nowMs = 100;
        bench.peerWindow = 5;
        bench.input(InputKind.RECOVERED, bench.push(0, 1, "a"), bench.push(0, 2, "a"), bench.ack(0, 0));
        assertThat(bench.kcp.remoteWindowSegments()).isEqualTo(Kcp.INITIAL_REMOTE_WINDOW);
        assertThat(bench.kcp.srttMs()).isZero();
        assertThat(bench.kcp.stats().repeatSegs).isZero();
        assertThat(bench.kcp.stats().inSegs).isEqualTo(3);
        assertThat(bench.read(10)).isEqualTo("a");
        bench.peerUna = 1;
        bench.input(InputKind.RECOVERED, bench.wins());
        assertThat(bench.kcp.waitingSegments()).isZero();
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
        assertThat(bench.flush()).containsExactly(ack(0, 2, 1, 128));
    }

    /** A replayed packet brings an old window; the next packet repairs it. spec: kcp 6.2 */
    @Test
    void aReplayedWindowHoldsUntilTheNextPacket() {
        bench.peerWindow = 0;
        bench.input(bench.push(0, 1, "a"));
        bench.send("waits");
        assertThat(bench.flushBrief()).containsExactly("ACK 0@1");
        bench.peerWindow = 10;
        bench.input(bench.wins());
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isZero();
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
    }

    @Test
    void releaseGivesEverySegmentBack() {
        bench.input(bench.push(0, 1, "in order"), bench.push(5, 1, "out of order"));
        bench.sendSegments(40);
        bench.flush();
        bench.sendSegments(3);
        int live = 2 + 43;
        assertThat(bench.pool.spareSegments()).isZero();
        bench.kcp.release();
        assertThat(bench.pool.spareSegments()).isEqualTo(live);
        bench.kcp.release();
        assertThat(bench.pool.spareSegments()).isEqualTo(live);
    }
}
