package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kcp.arq.Kcp.FlushMode;
import io.millrace.kcp.arq.Kcp.InputResult;
import io.millrace.kcp.arq.Packets.Seg;
import io.millrace.kcp.wire.LittleEndian;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sending side: segments, windows, retransmission. Run from 0 and just before both kinds of wrap. */
@ParameterizedClass(name = "numbers from {0}, clock from {1}")
@CsvSource({"0, 0", "2147483646, 2147483500", "-2, -160"})
class KcpSendTest {
    private final int firstSn;
    private final int startMs;

    KcpSendTest(int firstSn, int startMs) {
        this.firstSn = firstSn;
        this.startMs = startMs;
    }

    private KcpBench bench(KcpConfig config) {
        return new KcpBench(config, firstSn, startMs);
    }

    private KcpBench bench(boolean noDelay, int intervalMs, int fastResend) {
        return bench(KcpBench.config(noDelay, intervalMs, fastResend));
    }

    // Segments and packets.

    @Test
    void bytesTopUpTheLastSegmentUntilItHasANumber() {
        KcpBench bench = bench(true, 10, 2);
        bench.send("ab");
        bench.send("cd");
        assertThat(bench.kcp.waitingSegments()).isEqualTo(1);
        assertThat(bench.flush()).singleElement().satisfies(s -> {
            assertThat(s.brief()).isEqualTo("PUSH 0");
            assertThat(s.payload()).isEqualTo("abcd");
            assertThat(s.wnd()).isEqualTo(128);
            assertThat(s.ts()).isZero();
            assertThat(s.una()).isZero();
        });
        bench.send("ef");
        assertThat(bench.flush()).singleElement().satisfies(s -> {
            assertThat(s.brief()).isEqualTo("PUSH 1");
            assertThat(s.payload()).isEqualTo("ef");
        });
        assertThat(bench.kcp.stats().bytesSent).isEqualTo(6);
        assertThat(bench.kcp.stats().outSegs).isEqualTo(2);
    }

    @Test
    void longDataIsCutIntoFullSegments() {
        KcpBench bench = bench(new KcpConfig(34, 128, 128, true, 10, 2, false, false));
        bench.send("0123456789abcdefghijKLMNO");
        assertThat(bench.flush().stream().map(Seg::payload)).containsExactly("0123456789", "abcdefghij", "KLMNO");
    }

    @Test
    void sendTakesNoMoreThanItIsAllowed() {
        KcpBench bench = bench(true, 10, 2);
        ByteBuf source = Unpooled.wrappedBuffer(new byte[100]);
        bench.kcp.send(source, 30);
        assertThat(source.readableBytes()).isEqualTo(70);
        bench.kcp.send(source, 1000);
        assertThat(source.isReadable()).isFalse();
        assertThat(bench.kcp.waitingSegments()).isEqualTo(1);
    }

    @Test
    void segmentsSharePacketsUpToTheMtu() {
        KcpBench bench = bench(new KcpConfig(100, 128, 128, true, 10, 2, false, false));
        for (int i = 0; i < 5; i++) {
            bench.send("x".repeat(12));
            bench.input(bench.push(i + 1, i, "y"));
            bench.flush();
        }
        bench.nowMs = 1000;
        List<byte[]> packets = bench.flushPackets(FlushMode.FULL);
        assertThat(packets).extracting(p -> p.length).containsExactly(72, 72, 36);
    }

    @Test
    void acknowledgementsThenProbesThenDataLeaveInOneFlush() {
        KcpBench bench = bench(true, 10, 2);
        bench.peerWindow = 0;
        bench.input(bench.push(0, 5, "a"));
        bench.flush();
        bench.nowMs = 500;
        bench.input(bench.push(1, 6, "b"), bench.wask());
        bench.send("data");
        assertThat(bench.flushBrief()).containsExactly("ACK 1@6", "WASK", "WINS");
        bench.peerWindow = 1;
        bench.input(bench.push(2, 7, "c"), bench.wask());
        assertThat(bench.flushBrief()).containsExactly("ACK 2@7", "WINS", "PUSH 0");
    }

    /** Captured from a kcptun client that nobody answered. spec: kcp 10.6 */
    @Test
    void theCapturedRetransmissionIsReproduced() {
        HexFormat hex = HexFormat.of();
        Kcp kcp =
                new Kcp(0x43ac82da, new KcpConfig(1322, 128, 512, false, 30, 2, false, false), new SegmentPool(10), 0);
        PacketCollector sink = new PacketCollector();
        kcp.send(Unpooled.wrappedBuffer(hex.parseHex("0100000003000000")), 100);
        kcp.flush(FlushMode.FULL, 0, sink);
        kcp.send(Unpooled.wrappedBuffer(hex.parseHex("010205000300000068656c6c6f")), 100);
        kcp.flush(FlushMode.FULL, 1, sink);
        kcp.flush(FlushMode.FULL, 201, sink);
        kcp.flush(FlushMode.FULL, 601, sink);
        assertThat(sink.take()).hasSize(4);
        kcp.flush(FlushMode.FULL, 1201, sink);
        assertThat(sink.take())
                .singleElement()
                .extracting(hex::formatHex)
                .isEqualTo("da82ac4351000002b10400000000000000000000080000000100000003000000"
                        + "da82ac4351000002b104000001000000000000000d000000010205000300000068656c6c6f");
    }

    // Windows.

    @Test
    void noMoreThanTheSmallerWindowIsNumbered() {
        KcpBench bench = bench(new KcpConfig(124, 40, 128, true, 10, 2, false, false));
        assertThat(bench.kcp.sendCapacityBytes()).isEqualTo(32 * 100);
        bench.sendSegments(50);
        assertThat(bench.flush()).hasSize(32);
        assertThat(bench.kcp.sendCapacityBytes()).isZero();
        assertThat(bench.kcp.waitingSegments()).isEqualTo(50);
        bench.peerWindow = 1000;
        bench.input(bench.wins());
        assertThat(bench.flush()).hasSize(8);
        bench.peerUna = 10;
        bench.input(bench.wins());
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
        assertThat(bench.flush()).hasSize(10);
        assertThat(bench.kcp.sendCapacityBytes()).isZero();
        bench.peerUna = 45;
        bench.input(bench.wins());
        assertThat(bench.kcp.sendCapacityBytes()).isEqualTo(35 * 100);
    }

    /** spec: kcp 7.15 */
    @Test
    void onlyUnaOpensTheWindowNeverTheNumberOfAnAck() {
        KcpBench bench = bench(new KcpConfig(124, 4, 128, true, 10, 2, false, false));
        bench.sendSegments(6);
        assertThat(bench.flush()).hasSize(4);
        for (int sn = 0; sn < 4; sn++) {
            bench.input(bench.ack(sn, 0));
        }
        assertThat(bench.kcp.waitingSegments()).isEqualTo(6);
        assertThat(bench.flush()).isEmpty();
        bench.nowMs = 10_000;
        assertThat(bench.flush()).as("acknowledged segments are not repeated").isEmpty();
        bench.peerUna = 4;
        bench.input(bench.wins());
        assertThat(bench.flushBrief()).containsExactly("PUSH 4", "PUSH 5");
    }

    @Test
    void unaBeyondWhatWasSentIsIgnored() {
        KcpBench bench = bench(true, 10, 2);
        bench.sendSegments(3);
        bench.flush();
        for (int una : new int[] {4, 1000, 0x7fff_fff0}) {
            bench.peerUna = una;
            assertThat(bench.input(bench.wins())).isEqualTo(InputResult.OK);
            assertThat(bench.kcp.waitingSegments()).isEqualTo(3);
        }
        bench.peerUna = -5;
        bench.input(bench.wins());
        assertThat(bench.kcp.waitingSegments()).isEqualTo(3);
        bench.peerUna = 3;
        bench.input(bench.wins());
        assertThat(bench.kcp.waitingSegments()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -1000, 3, 4, 1000, Integer.MAX_VALUE})
    void anAckOfWhatIsNotInFlightIsIgnored(int sn) {
        KcpBench bench = bench(true, 10, 1);
        bench.sendSegments(3);
        bench.flush();
        bench.input(bench.ack(sn, 0));
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
        assertThat(bench.flush()).isEmpty();
        bench.nowMs = 200;
        assertThat(bench.flush()).hasSize(3);
    }

    /** First wait 500 ms, then half as long again each time. spec: kcp 4.7 (2) */
    @Test
    void aClosedWindowIsProbedUntilItOpens() {
        KcpBench bench = bench(true, 10, 2);
        bench.peerWindow = 0;
        bench.input(bench.wins());
        bench.send("waits");
        assertThat(bench.flush()).isEmpty();
        List<Integer> times = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            List<Seg> probe = bench.sleepAndFlush();
            assertThat(probe).singleElement().satisfies(s -> assertThat(s.isWask())
                    .isTrue());
            times.add(bench.nowMs);
        }
        assertThat(times).containsExactly(500, 500 + 750, 1250 + 1125, 2375 + 1687, 4062 + 2530);
        bench.peerWindow = 1;
        bench.input(bench.wins());
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isZero();
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
        bench.peerUna = 1;
        bench.input(bench.wins());
        bench.flush();
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aSessionAtRestAsksForNoWakeUp() {
        KcpBench bench = bench(true, 10, 2);
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(Integer.MAX_VALUE);
        bench.send("data");
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isZero();
        bench.flush();
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(200);
        bench.peerUna = 1;
        bench.nowMs = 50;
        bench.input(bench.push(0, 0, "answer"), bench.ack(0, 0));
        bench.flush();
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(Integer.MAX_VALUE);
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
    }

    // Retransmission by timeout. spec: kcp 4.8, 10.7 (i)

    @ParameterizedTest
    @CsvSource({"false, 200 400 600 800 1000 1200 1400", "true, 200 300 400 500 600 700 800"})
    void timeoutsGrowLinearly(boolean noDelay, String gaps) {
        KcpBench bench = bench(noDelay, 10, 2);
        bench.send("data");
        bench.flush();
        int before = 0;
        StringBuilder seen = new StringBuilder();
        while (seen.length() < gaps.length()) {
            List<Seg> again = bench.sleepAndFlush();
            assertThat(again).singleElement().satisfies(s -> {
                assertThat(s.brief()).isEqualTo("PUSH 0");
                assertThat(s.ts()).isEqualTo(bench.nowMs);
            });
            seen.append(seen.isEmpty() ? "" : " ").append(bench.nowMs - before);
            before = bench.nowMs;
        }
        assertThat(seen.toString()).isEqualTo(gaps);
        assertThat(bench.kcp.stats().lostSegs).isEqualTo(7);
        assertThat(bench.kcp.stats().retransSegs()).isEqualTo(7);
    }

    @Test
    void aRetransmissionTellsTheWindowAndUnaOfNow() {
        KcpBench bench = bench(false, 10, 2);
        bench.send("data");
        assertThat(bench.flush()).singleElement().satisfies(s -> {
            assertThat(s.una()).isZero();
            assertThat(s.wnd()).isEqualTo(128);
        });
        bench.input(bench.push(0, 0, "a"), bench.push(1, 0, "b"));
        bench.nowMs = 200;
        assertThat(bench.flush()).last().satisfies(s -> {
            assertThat(s.brief()).isEqualTo("PUSH 0");
            assertThat(s.una()).isEqualTo(2);
            assertThat(s.wnd()).isEqualTo(126);
            assertThat(s.payload()).isEqualTo("data");
        });
    }

    /** spec: kcp 7.25 */
    @Test
    void twentyTransmissionsAreNoReasonToStop() {
        KcpBench bench = bench(true, 10, 2);
        bench.send("data");
        bench.flush();
        for (int i = 0; i < 40; i++) {
            assertThat(bench.sleepAndFlush()).hasSize(1);
        }
        assertThat(bench.kcp.stats().maxTransmissions).isEqualTo(41);
        bench.peerUna = 1;
        bench.input(bench.ack(0, bench.nowMs));
        assertThat(bench.kcp.waitingSegments()).isZero();
    }

    @Test
    void whatTimesOutTogetherIsRepeatedInOrder() {
        KcpBench bench = bench(true, 10, 2);
        bench.sendSegments(4);
        bench.flush();
        bench.input(bench.ack(1, 100)); // not an echo of ours, but in order to leave a hole
        bench.nowMs = 300;
        assertThat(bench.flushBrief()).contains("PUSH 0", "PUSH 2", "PUSH 3").doesNotContain("PUSH 1");
        assertThat(bench.kcp.stats().retransSegs()).isEqualTo(3);
    }

    // Fast and early retransmission. spec: kcp 4.6 (fastAck), 4.8

    @Test
    void aSegmentThatTheThresholdOfLaterOnesOvertookIsSentAgainAtOnce() {
        KcpBench bench = bench(true, 10, 2);
        bench.sendSegments(5);
        bench.flush();
        bench.nowMs = 50;
        bench.input(bench.ack(1, 0));
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
        bench.input(bench.ack(2, 0));
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
        bench.send("new"); // new data: no early retransmission
        assertThat(bench.flushBrief()).containsExactly("PUSH 0", "PUSH 5");
        assertThat(bench.kcp.stats().fastRetransSegs).isEqualTo(1);
        assertThat(bench.kcp.stats().earlyRetransSegs).isZero();
        // Not by what was sent before that, however much of it is acknowledged now.
        bench.nowMs = 51;
        bench.input(bench.ack(3, 0), bench.ack(4, 0), bench.ack(5, 50));
        assertThat(bench.flush()).isEmpty();
        assertThat(bench.kcp.stats().fastRetransSegs).isEqualTo(1);
    }

    /** Ours: kcp-go waits for the timeout. */
    @Test
    void whatWasSentAfterARetransmissionShowsThatToBeLostToo() {
        KcpBench bench = bench(true, 10, 2);
        bench.sendSegments(3);
        bench.flush();
        bench.nowMs = 50;
        bench.input(bench.ack(1, 0), bench.ack(2, 0));
        bench.sendSegments(2);
        assertThat(bench.flushBrief()).containsExactly("PUSH 0", "PUSH 3", "PUSH 4");
        bench.nowMs = 60;
        bench.sendSegments(2);
        assertThat(bench.flushBrief()).containsExactly("PUSH 5", "PUSH 6");
        bench.nowMs = 100;
        bench.input(bench.ack(3, 50), bench.ack(4, 50));
        assertThat(bench.flush()).as("sent in the same millisecond").isEmpty();
        bench.nowMs = 110;
        bench.input(bench.ack(5, 60), bench.ack(6, 60));
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
        assertThat(bench.kcp.stats().fastRetransSegs).isEqualTo(2);
        assertThat(bench.kcp.stats().lostSegs).isZero();
    }

    @Test
    void aTimeoutAllowsAnotherFastRetransmission() {
        KcpBench bench = bench(true, 10, 1);
        bench.sendSegments(3);
        bench.flush();
        bench.input(bench.ack(1, 0));
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
        bench.nowMs = 1000;
        assertThat(bench.flushBrief()).containsExactlyInAnyOrder("PUSH 0", "PUSH 2");
        assertThat(bench.kcp.stats().lostSegs).isEqualTo(2);
        bench.nowMs = 1010;
        bench.input(bench.ack(2, 1000));
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
        assertThat(bench.kcp.stats().fastRetransSegs).isEqualTo(2);
    }

    /** spec: kcp 7.18 */
    @Test
    void anAckOfWhatWasSentEarlierOvertakesNothing() {
        KcpBench bench = bench(true, 10, 1);
        bench.sendSegments(3);
        bench.flush();
        bench.nowMs = 40;
        bench.input(bench.ack(1, 0));
        assertThat(bench.flushBrief()).containsExactly("PUSH 0"); // now sent at 40
        bench.nowMs = 400;
        assertThat(bench.flushBrief()).contains("PUSH 0"); // timed out, sent at 400, may be found lost again
        bench.input(bench.ack(2, 0));
        assertThat(bench.flush())
                .as("segment 2 was sent at 0, before segment 0")
                .isEmpty();
    }

    @Test
    void belowTheThresholdASegmentIsSentAgainAtTheNextTickIfThereIsNothingNew() {
        KcpBench bench = bench(true, 20, 3);
        bench.sendSegments(2);
        bench.flush();
        bench.nowMs = 65;
        bench.input(bench.ack(1, 0));
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.NONE);
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(15);
        bench.nowMs = 70;
        bench.send("new");
        assertThat(bench.flushBrief()).as("new data goes first").containsExactly("PUSH 2");
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(10);
        bench.nowMs = 80;
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
        assertThat(bench.kcp.stats().earlyRetransSegs).isEqualTo(1);
        // Only timeouts are left to wait for: segment 2 of 70, under the timeout that one sample of 65 ms gave.
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(70 + bench.kcp.rtoMs() - 80);
    }

    @Test
    void withoutAThresholdAnyOvertakenSegmentIsSentAgainAtOnce() {
        KcpBench bench = bench(true, 10, 0);
        bench.sendSegments(2);
        bench.flush();
        bench.nowMs = 50;
        bench.input(bench.ack(1, 0));
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
        assertThat(bench.kcp.stats().earlyRetransSegs).isEqualTo(1);
        assertThat(bench.kcp.stats().fastRetransSegs).isZero();
    }

    @Test
    void aFastRetransmissionStartsTheTimeoutAnew() {
        KcpBench bench = bench(true, 10, 1);
        bench.sendSegments(2);
        bench.flush();
        bench.nowMs = 199;
        bench.input(bench.ack(1, 0));
        assertThat(bench.flushBrief()).containsExactly("PUSH 0");
        assertThat(bench.kcp.msUntilFlush(bench.clock())).isEqualTo(bench.kcp.rtoMs());
    }

    @Test
    void acksInOnePacketCountEach() {
        KcpBench bench = bench(true, 10, 3);
        bench.sendSegments(6);
        bench.flush();
        bench.input(bench.ack(4, 0), bench.ack(2, 0), bench.ack(5, 0));
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
        bench.send("new");
        // 0 and 1 were overtaken three times, 3 twice.
        assertThat(bench.flushBrief()).containsExactly("PUSH 0", "PUSH 1", "PUSH 6");
    }

    // Round-trip samples. spec: kcp 4.6, 6.4 (8)

    @Test
    void theLastAckOfAPacketGivesTheSample() {
        KcpBench bench = bench(false, 10, 2);
        for (int i = 0; i < 3; i++) {
            bench.nowMs = i * 10;
            bench.sendSegments(1);
            bench.flush();
        }
        bench.nowMs = 100;
        bench.peerUna = 3;
        bench.input(bench.ack(2, 20), bench.ack(0, 0), bench.ack(1, 10));
        assertThat(bench.kcp.srttMs()).isEqualTo(90);
        assertThat(bench.kcp.rtoMs()).isEqualTo(90 + 4 * 45);
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 5000, Integer.MAX_VALUE, -60_000, Integer.MIN_VALUE + 100})
    void anImpossibleEchoIsNoSample(int ts) {
        KcpBench bench = bench(false, 10, 2);
        bench.sendSegments(1);
        bench.flush();
        bench.nowMs = 100;
        bench.peerUna = 1;
        bench.input(bench.ack(0, ts));
        assertThat(bench.kcp.srttMs()).isZero();
        assertThat(bench.kcp.rtoMs()).isEqualTo(200);
        assertThat(bench.kcp.waitingSegments()).isZero();
    }

    /** The longest timeout a replayed stamp can bring. spec: kcp 6.2 */
    @Test
    void aReplayedStampRaisesTheTimeoutToAMinuteAtMost() {
        KcpBench bench = bench(false, 10, 2);
        bench.nowMs = 60_000;
        bench.sendSegments(1);
        bench.flush();
        bench.input(bench.ack(500, 0));
        assertThat(bench.kcp.rtoMs()).isEqualTo(60_000);
    }

    @Test
    void aPacketWithABadSegmentGivesNoSample() {
        KcpBench bench = bench(false, 10, 2);
        bench.sendSegments(1);
        bench.flush();
        bench.nowMs = 100;
        bench.peerUna = 1;
        byte[] bad = bench.wins();
        LittleEndian.putInt(bad, 20, 7);
        assertThat(bench.input(bench.ack(0, 0), bad)).isEqualTo(InputResult.BAD_LENGTH);
        assertThat(bench.kcp.srttMs()).isZero();
        assertThat(bench.kcp.waitingSegments()).as("segments before it count").isZero();
        assertThat(bench.kcp.flushWanted()).isEqualTo(FlushMode.FULL);
    }

    // Congestion window in place. spec: kcp 4.9

    @Test
    void theCongestionWindowLimitsWhatIsInFlight() {
        KcpBench bench = bench(new KcpConfig(124, 128, 128, true, 10, 2, true, false));
        bench.sendSegments(60);
        assertThat(bench.flush()).hasSize(1);
        assertThat(bench.kcp.sendCapacityBytes()).isZero();
        bench.nowMs = 50;
        bench.peerUna = 1;
        bench.input(bench.ack(0, 0));
        assertThat(bench.flush()).hasSize(2);
        bench.peerUna = 3;
        bench.input(bench.ack(2, 50));
        int inFlight = bench.flush().size();
        assertThat(inFlight).isBetween(2, 4);
        bench.nowMs = 5000;
        bench.flush();
        assertThat(bench.kcp.stats().lostSegs).isEqualTo(inFlight);
        bench.peerUna = 3 + inFlight;
        bench.input(bench.wins());
        assertThat(bench.flush())
                .as("one after a timeout, two after its acknowledgement")
                .hasSize(2);
    }

    @Test
    void aSinkThatFailsLosesNothing() {
        KcpBench bench = bench(true, 10, 2);
        bench.sendSegments(3);
        PacketSink broken = new PacketSink() {
            @Override
            public int beginPacket() {
                throw new IllegalStateException("no memory");
            }

            @Override
            public byte[] array() {
                return KcpBench.NOTHING;
            }

            @Override
            public void endPacket(int bodyBytes) {}
        };
        assertThatThrownBy(() -> bench.kcp.flush(FlushMode.FULL, bench.clock(), broken))
                .hasMessage("no memory");
        assertThat(bench.flush().stream().map(Seg::brief)).containsExactly("PUSH 1", "PUSH 2");
        bench.nowMs = 200;
        assertThat(bench.flushBrief()).containsExactly("PUSH 0", "PUSH 1", "PUSH 2");
    }
}
