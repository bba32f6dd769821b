package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.LossRecovery.Rules;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.SimulatedLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * How many retransmissions are for nothing, and what goodput is left when packets are lost: kcp-go's rules, ours, and ours
 * with slack, over a link of 142 ms and 100 Mbit/s in virtual time. The numbers stand in docs/retransmission.md; run with
 * {@code -Dmillrace.updateTable=true} to write them anew.
 */
class RetransmissionStudyTest {
    private static final Path DOC = Path.of("..", "docs", "retransmission.md");
    private static final String UPDATE = "millrace.updateTable";

    private static final double DELAY_MS = 71;
    private static final double RATE_BITS_PER_SECOND = 100e6;
    private static final int QUEUE_PACKETS = 3000; // more than any window here: nothing is lost but at random
    private static final int MTU_BYTES = 1322;
    private static final long LIMIT_MS = 3_600_000;

    private static final long CLEAN_BYTES = 100_000_000;
    private static final long LOSSY_BYTES = 20_000_000;
    private static final int LOSSY_RUNS = 8;
    private static final long SEED = 20_261_122;

    /** Useless retransmissions left of kcp-go's, at most. */
    private static final double SPURIOUS_SHARE = 0.02;

    /** The mean of so many transfers of that length is good to one or two per cent. */
    private static final double GOODPUT_SHARE = 0.98;

    private static final RtoSlack SLACK = new RtoSlack(1, 32);

    /** Settings that are compared; of the timing modes only what they set. */
    private enum Way {
        KCP_GO(Rules.KCP_GO, false),
        KCP_GO_SLACK(Rules.KCP_GO, true),
        MILLRACE_PLAIN(Rules.MILLRACE, false),
        MILLRACE(Rules.MILLRACE, true);

        private final Rules rules;
        private final boolean slack;

        Way(Rules rules, boolean slack) {
            this.rules = rules;
            this.slack = slack;
        }
    }

    private enum Mode {
        NORMAL(false, 40),
        FAST(false, 30),
        FAST2(true, 20),
        FAST3(true, 10);

        private final boolean noDelay;
        private final int intervalMs;

        Mode(boolean noDelay, int intervalMs) {
            this.noDelay = noDelay;
            this.intervalMs = intervalMs;
        }

        String label() {
            return "`" + name().toLowerCase(Locale.ROOT) + "`";
        }
    }

    private record Outcome(long repeats, double goodputMbps) {}

    /**
     * @param pauseMs mean of the pauses that one direction or the other makes about once a second; 0 for none
     * @param lossPercent of the datagrams, each way
     */
    private record Link(int window, int pauseMs, int lossPercent) {
        Outcome transfer(Mode mode, Way way, long bytes, long seed) {
            LinkProfile profile = LinkProfile.builder()
                    .delayMs(DELAY_MS)
                    .rateBitsPerSecond(RATE_BITS_PER_SECOND)
                    .queuePackets(QUEUE_PACKETS)
                    .lossProbability(lossPercent / 100.0)
                    .build();
            KcpConfig config = new KcpConfig(
                    MTU_BYTES,
                    window,
                    window,
                    mode.noDelay,
                    mode.intervalMs,
                    2,
                    false,
                    false,
                    way.slack ? SLACK : RtoSlack.NONE);
            List<RepeatCountingPath> paths = new ArrayList<>();
            SimulatedPair pair = SimulatedPair.over(profile, seed)
                    .configs(config, config)
                    .rules(way.rules)
                    .path(() -> {
                        RepeatCountingPath path = new RepeatCountingPath();
                        paths.add(path);
                        return path;
                    })
                    .build();
            if (pauseMs > 0) {
                pauseNowAndThen(pair, profile, new SplittableRandom(seed));
            }
            pair.a.write(bytes);
            pair.runUntilReceived(0, bytes, LIMIT_MS); // throws if a byte is missing or wrong
            long repeats = paths.get(1).repeats();
            assertThat(pair.b.kcp.stats().repeatSegs).as("RepeatSegs").isEqualTo(repeats);
            double goodputMbps = bytes * 8 / 1000.0 / pair.b.lastReceivedMs();
            pair.close();
            return new Outcome(repeats, goodputMbps);
        }

        /** Like a busy host, a radio link or a paused virtual machine: what is sent during a pause arrives at its end. */
        private void pauseNowAndThen(SimulatedPair pair, LinkProfile usual, SplittableRandom random) {
            pair.clock.scheduleAfter(random.nextLong(200, 1800), () -> {
                SimulatedLink way = random.nextBoolean() ? pair.link.aToB() : pair.link.bToA();
                pause(pair, way, usual, random.nextInt(1, 2 * pauseMs));
                pauseNowAndThen(pair, usual, random);
            });
        }

        private static void pause(SimulatedPair pair, SimulatedLink way, LinkProfile usual, int leftMs) {
            way.setProfile(usual.toBuilder().delayMs(DELAY_MS + leftMs).build());
            if (leftMs > 0) {
                pair.clock.scheduleAfter(1, () -> pause(pair, way, usual, leftMs - 1));
            }
        }

        /** Mean goodput of transfers that differ by seed. */
        double meanGoodputMbps(Mode mode, Way way) {
            double sum = 0;
            for (int run = 0; run < LOSSY_RUNS; run++) {
                sum += transfer(mode, way, LOSSY_BYTES, SEED + run).goodputMbps();
            }
            return sum / LOSSY_RUNS;
        }
    }

    @Test
    void nearlyAllRetransmissionsForNothingAreGone() throws IOException {
        List<String> table = new ArrayList<>();
        table.add("| mode | window | pauses | kcp-go | kcp-go with slack | Millrace without slack | Millrace |");
        table.add("|---|---|---|---|---|---|---|");
        for (Link link : List.of(new Link(1024, 0, 0), new Link(2048, 20, 0))) {
            for (Mode mode : Mode.values()) {
                Map<Way, Outcome> outcomes = new EnumMap<>(Way.class);
                StringBuilder row = new StringBuilder(
                        "| " + mode.label() + " | " + link.window + " | " + (link.pauseMs > 0 ? "yes" : "no") + " |");
                for (Way way : Way.values()) {
                    Outcome outcome = link.transfer(mode, way, CLEAN_BYTES, SEED);
                    outcomes.put(way, outcome);
                    row.append(String.format(Locale.ROOT, " %d (%.1f Mbit/s) |", outcome.repeats, outcome.goodputMbps));
                }
                table.add(row.toString());
                Outcome upstream = Objects.requireNonNull(outcomes.get(Way.KCP_GO));
                Outcome ours = Objects.requireNonNull(outcomes.get(Way.MILLRACE));
                assertThat((double) ours.repeats)
                        .as("%s, %s: of %d", mode, link, upstream.repeats)
                        .isLessThanOrEqualTo(SPURIOUS_SHARE * upstream.repeats);
                assertThat(ours.goodputMbps).isGreaterThanOrEqualTo(0.99 * upstream.goodputMbps);
            }
        }
        assertCommitted("repeats", table);
    }

    @Test
    void goodputUnderLossIsNoLess() throws IOException {
        List<String> table = new ArrayList<>();
        table.add("| mode | window | loss | kcp-go | Millrace without slack | Millrace | to kcp-go |");
        table.add("|---|---|---|---|---|---|---|");
        for (Mode mode : List.of(Mode.FAST, Mode.FAST3)) {
            for (int window : new int[] {128, 1024, 2048}) {
                for (int loss : new int[] {1, 5}) {
                    Link link = new Link(window, 0, loss);
                    double upstream = link.meanGoodputMbps(mode, Way.KCP_GO);
                    double plain = link.meanGoodputMbps(mode, Way.MILLRACE_PLAIN);
                    double ours = link.meanGoodputMbps(mode, Way.MILLRACE);
                    table.add(String.format(
                            Locale.ROOT,
                            "| %s | %d | %d %% | %.2f | %.2f | %.2f | %+.1f %% |",
                            mode.label(),
                            window,
                            loss,
                            upstream,
                            plain,
                            ours,
                            100 * (ours / upstream - 1)));
                    assertThat(ours).as("%s, %s", mode, link).isGreaterThanOrEqualTo(GOODPUT_SHARE * upstream);
                }
            }
        }
        assertCommitted("goodput", table);
    }

    /** The document holds the table between two comments of its name, or gets it. */
    private static void assertCommitted(String name, List<String> table) throws IOException {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- end of " + name + " -->";
        String document = Files.readString(DOC);
        int from = document.indexOf(begin) + begin.length();
        int to = document.indexOf(end);
        assertThat(from).as("place of the table").isBetween(begin.length(), to);
        String made = String.join("\n", table) + "\n";
        if (Boolean.getBoolean(UPDATE)) {
            Files.writeString(DOC, document.substring(0, from) + made + document.substring(to));
            return;
        }
        assertThat(document.substring(from, to))
                .as("-D%s=true writes it anew", UPDATE)
                .isEqualTo(made);
    }
}
