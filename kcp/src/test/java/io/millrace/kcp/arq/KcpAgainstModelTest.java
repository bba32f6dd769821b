package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.Packets.Seg;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The core and {@link SlowKcp} do the same in long random runs, from 0 and just before both kinds of wrap. */
class KcpAgainstModelTest {
    private static final int ROUNDS = 40;
    private static final int STEPS = 400;

    @ParameterizedTest(
            name =
                    "numbers from {0}, clock from {1}, noDelay {2}, resend {3}, congestion control {4}, slack {5} from {6}, {7}")
    @CsvSource({
        "0, 0, true, 2, false, 0, 0, MILLRACE",
        "0, 0, false, 0, true, 1, 8, MILLRACE",
        "2147483600, 2147483000, true, 2, true, 2, 0, MILLRACE",
        "-50, -2000, false, 1, false, 1, 3, MILLRACE",
        "-50, 2147483000, true, 0, false, 0, 0, MILLRACE",
        "0, 0, true, 3, false, 1, 12, MILLRACE",
        "0, 0, true, 2, false, 0, 0, KCP_GO",
        "0, 0, false, 2, true, 1, 8, KCP_GO",
        "2147483600, -2000, true, 0, false, 0, 0, KCP_GO"
    })
    void theSameLeavesAtEveryFlush(
            int firstSn,
            int startMs,
            boolean noDelay,
            int fastResend,
            boolean congestionControl,
            int slackShift,
            int slackMinInFlight,
            LossRecovery.Rules rules) {
        Seeds.run(9001, seeds -> {
            long early = 0;
            long lost = 0;
            long fast = 0;
            for (int round = 0; round < ROUNDS; round++) {
                KcpConfig config = new KcpConfig(
                        124,
                        40,
                        12,
                        noDelay,
                        20,
                        fastResend,
                        congestionControl,
                        false,
                        new RtoSlack(slackShift, slackMinInFlight));
                Run run = new Run(config, firstSn, startMs, rules, seeds.random("round " + round));
                for (int step = 0; step < STEPS; step++) {
                    run.step();
                }
                early += run.model.early;
                lost += run.model.lost;
                fast += run.model.fast;
                run.bench.kcp.release();
                assertThat(run.bench.pool.liveSegments()).isZero();
            }
            // Every rule was at work that can be: with a threshold of 1 nothing is early, without one nothing is fast.
            assertThat(lost).isGreaterThan(10);
            assertThat(early > 10).isEqualTo(fastResend != 1);
            assertThat(fast > 10).isEqualTo(fastResend != 0);
        });
    }

    /** Every operation is done to both. */
    private static final class Run {
        private final KcpBench bench;
        private final SlowKcp model;
        private final SplittableRandom random;
        /** Numbers and stamps of what was sent, to be acknowledged in any order. */
        private final List<SlowKcp.Ack> sent = new ArrayList<>();

        Run(KcpConfig config, int firstSn, int startMs, LossRecovery.Rules rules, SplittableRandom random) {
            bench = new KcpBench(config, firstSn, startMs, rules);
            model = new SlowKcp(config, rules);
            this.random = random;
        }

        void step() {
            switch (random.nextInt(8)) {
                case 0 -> {
                    int segments = Math.min(random.nextInt(6), bench.kcp.sendCapacityBytes() / 100);
                    bench.sendSegments(segments);
                    model.send(segments);
                }
                case 1 -> bench.nowMs += random.nextInt(60);
                case 2 -> bench.nowMs += random.nextInt(5) == 0 ? random.nextInt(700) : 1;
                case 3, 4 -> flush();
                case 5 -> read();
                default -> input();
            }
            compare();
        }

        private void flush() {
            List<String> expected = model.flush(bench.nowMs);
            List<String> actual = new ArrayList<>();
            for (Seg s : bench.flush()) {
                actual.add(s.brief());
                if (s.isPush()) {
                    assertThat(s.ts()).isEqualTo(bench.nowMs);
                    sent.add(new SlowKcp.Ack(s.sn(), s.ts()));
                }
                assertThat(s.una()).isEqualTo(model.rcvNxt);
                assertThat(s.wnd())
                        .isEqualTo(Math.max(0, bench.kcp.config().receiveWindowSegments() - model.readable()));
            }
            // The same segments, each once; repeated ones may leave in another order than that of their numbers.
            Comparator<String> byNumber =
                    Comparator.comparingInt(s -> s.startsWith("PUSH") ? Integer.parseInt(s.substring(5)) : -1);
            actual.sort(byNumber);
            assertThat(actual).isEqualTo(expected);
            assertThat(bench.kcp.flushWanted()).isEqualTo(Kcp.FlushMode.NONE);
        }

        private void read() {
            int segments = random.nextInt(10);
            bench.read(segments); // one byte in each
            model.read(segments);
        }

        private void input() {
            bench.peerWindow = 1 + random.nextInt(40);
            if (random.nextInt(3) == 0) {
                bench.peerUna = random.nextInt(10) == 0
                        ? random.nextInt(model.sndNxt + 20)
                        : Math.min(model.sndNxt, model.sndUna + random.nextInt(4));
            }
            List<byte[]> packet = new ArrayList<>();
            List<Seg> segments = new ArrayList<>();
            for (int i = random.nextInt(1, 7); i > 0; i--) {
                byte[] segment = segment();
                packet.add(segment);
                Seg s = Packets.parse(segment).get(0);
                segments.add(new Seg(
                        s.conv(),
                        s.cmd(),
                        0,
                        s.wnd(),
                        s.ts() - bench.startMs,
                        s.sn() - bench.firstSn,
                        s.una() - bench.firstSn,
                        ""));
            }
            bench.input(packet.toArray(new byte[0][]));
            model.input(segments, bench.nowMs);
        }

        private byte[] segment() {
            int kind = random.nextInt(6);
            if (kind == 0) {
                return bench.wask();
            }
            if (kind <= 2) {
                return bench.push(Math.max(0, model.rcvNxt + random.nextInt(-3, 15)), random.nextInt(1000), "x");
            }
            if (sent.isEmpty() || random.nextInt(20) == 0) {
                return bench.ack(random.nextInt(model.sndNxt + 5), random.nextInt(bench.nowMs + 10));
            }
            SlowKcp.Ack ack = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(20)));
            return bench.ack(ack.sn(), ack.ts());
        }

        private void compare() {
            Kcp kcp = bench.kcp;
            assertThat(kcp.unacknowledged() - bench.firstSn).isEqualTo(model.sndUna);
            assertThat(kcp.nextNumber() - bench.firstSn).isEqualTo(model.sndNxt);
            assertThat(kcp.nextExpected() - bench.firstSn).isEqualTo(model.rcvNxt);
            assertThat(kcp.waitingSegments()).isEqualTo(model.waiting());
            assertThat(kcp.readableBytes()).isEqualTo(model.readable());
            assertThat(kcp.remoteWindowSegments()).isEqualTo(model.remoteWindow);
            assertThat(kcp.rtoMs()).isEqualTo(model.rtoMs());
            assertThat(kcp.stats().fastRetransSegs).isEqualTo(model.fast);
            assertThat(kcp.stats().earlyRetransSegs).isEqualTo(model.early);
            assertThat(kcp.stats().lostSegs).isEqualTo(model.lost);
            assertThat(kcp.stats().repeatSegs).isEqualTo(model.repeats);
            assertThat(kcp.msUntilFlush(bench.clock())).isLessThanOrEqualTo(model.msUntilTimeout(bench.nowMs));
        }
    }
}
