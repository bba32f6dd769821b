package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.LinkCounters;
import io.millrace.testkit.LinkProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What a transfer costs over links of all kinds, mode by mode, kept in a file beside the tests: a change of the protocol
 * code shows as a change of the table. Run with {@code -Dmillrace.updateTable=true} to write the file anew, and look at
 * the difference before it is committed.
 */
class LinkTableTest {
    private static final String FILE = "link-table.txt";
    private static final String UPDATE = "millrace.updateTable";

    private static final long BYTES = 1_000_000;
    private static final int WIRE_MTU_BYTES = 1350;
    private static final double RATE_BITS_PER_SECOND = 100e6;
    private static final long LIMIT_MS = 3_600_000;
    private static final long SEED = 20_260_101;

    private static final int[] LOSS_PERCENT = {0, 1, 5, 10, 30};
    private static final int[] RTT_MS = {20, 100, 300};

    private static final String HEADER = """
            # Bulk transfer of 1,000,000 bytes from A to B over a simulated link, in virtual time with fixed seeds.
            #
            # The link: 100 Mbit/s each way with a queue of 1000 packets, delay of half the RTT, random loss both ways.
            # The ends: kcptun's windows (A is the client, 128/512, B the server, 1024/1024), mtu 1350, crypt none, ACK delay on.
            # First timeouts have our default slack (irtobackoff 1, irtobthresh 32).
            # Modes as kcptun has them: normal 0,40,2,1  fast 0,30,2,1  fast2 1,20,2,1  fast3 1,10,2,1  manual 0,50,0,0 (nodelay,
            # interval, resend, nc); manual alone has a congestion window.
            #
            # mode     which of these
            # fec      data/parity shards of A and B, or off
            # loss     per cent of datagrams lost, each way
            # rtt      round-trip time of the empty link, ms
            # time     ms until B has read the last byte
            # goodput  Mbit/s: payload bits over time
            # first    data segments without retransmissions
            # fast, early, timeout   retransmissions of A by reason; early is fast without new data to send
            # repeat   data segments that reached B though it had them already: retransmissions (and duplicates) for nothing
            # fixed    packets that B's FEC decoder brought back
            # wire     UDP payload bytes sent by A for each byte of payload
            # back     UDP payload bytes sent by B for each byte of payload
            #
            # Made by LinkTableTest; written anew by: mvn -pl kcp -am test -Dtest=LinkTableTest -Dmillrace.updateTable=true
            #
            """;

    private record Mode(String name, boolean noDelay, int intervalMs, int resend, boolean congestionControl) {
        KcpConfig config(int sendWindow, int receiveWindow, boolean fec) {
            int mtu = CodedPath.kcpMtu(WIRE_MTU_BYTES, fec);
            return new KcpConfig(
                    mtu,
                    sendWindow,
                    receiveWindow,
                    noDelay,
                    intervalMs,
                    resend,
                    congestionControl,
                    false,
                    new RtoSlack(1, 32));
        }
    }

    private static final List<Mode> MODES = List.of(
            new Mode("normal", false, 40, 2, false),
            new Mode("fast", false, 30, 2, false),
            new Mode("fast2", true, 20, 2, false),
            new Mode("fast3", true, 10, 2, false),
            new Mode("manual", false, 50, 0, true));

    private static String row(Mode mode, boolean fec, int lossPercent, int rttMs) {
        LinkProfile profile = LinkProfile.builder()
                .delayMs(rttMs / 2.0)
                .lossProbability(lossPercent / 100.0)
                .rateBitsPerSecond(RATE_BITS_PER_SECOND)
                .mtuBytes(WIRE_MTU_BYTES)
                .build();
        List<CodedPath> paths = new ArrayList<>();
        SimulatedPair pair = SimulatedPair.over(profile, SEED)
                .configs(mode.config(128, 512, fec), mode.config(1024, 1024, fec))
                .path(() -> {
                    CodedPath path = new CodedPath("none", fec ? 10 : 0, fec ? 3 : 0, paths.size());
                    paths.add(path);
                    return path;
                })
                .build();
        pair.a.write(BYTES);
        pair.runUntilReceived(0, BYTES, LIMIT_MS); // throws if a byte is missing or wrong
        long timeMs = pair.b.lastReceivedMs();
        pair.clock.advance(LIMIT_MS);
        KcpStats sent = pair.a.kcp.stats();
        LinkCounters forth = pair.link.aToB().counters();
        LinkCounters back = pair.link.bToA().counters();
        String row = String.format(
                Locale.ROOT,
                "%-7s %-5s %4d %4d %7d %8.2f %6d %6d %6d %7d %7d %6d %6.3f %6.3f",
                mode.name,
                fec ? "10/3" : "off",
                lossPercent,
                rttMs,
                timeMs,
                BYTES * 8 / 1000.0 / timeMs,
                (BYTES + pair.a.kcp.config().mssBytes() - 1)
                        / pair.a.kcp.config().mssBytes(),
                sent.fastRetransSegs,
                sent.earlyRetransSegs,
                sent.lostSegs,
                pair.b.kcp.stats().repeatSegs,
                paths.get(1).recovered(),
                forth.sentBytes() / (double) BYTES,
                back.sentBytes() / (double) BYTES);
        pair.close();
        return row;
    }

    private static List<String> table() {
        List<String> lines = new ArrayList<>(HEADER.lines().toList());
        lines.add(String.format(
                "%-7s %-5s %4s %4s %7s %8s %6s %6s %6s %7s %7s %6s %6s %6s",
                "mode", "fec", "loss", "rtt", "time", "goodput", "first", "fast", "early", "timeout", "repeat", "fixed",
                "wire", "back"));
        for (boolean fec : new boolean[] {false, true}) {
            for (Mode mode : MODES) {
                for (int loss : LOSS_PERCENT) {
                    for (int rtt : RTT_MS) {
                        lines.add(row(mode, fec, loss, rtt));
                    }
                }
            }
        }
        return lines;
    }

    @Test
    void theTableIsTheCommittedOne() throws IOException {
        List<String> actual = table();
        if (Boolean.getBoolean(UPDATE)) {
            Path file = Path.of("src", "test", "resources").resolve(packagePath());
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, String.join("\n", actual) + "\n");
            return;
        }
        List<String> expected = List.of();
        try (InputStream in = LinkTableTest.class.getResourceAsStream(FILE)) {
            if (in != null) {
                expected = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
            }
        }
        assertThat(difference(expected, actual))
                .as("difference between the committed table (-) and this run (+); -D%s=true writes it anew", UPDATE)
                .isEmpty();
    }

    private static Path packagePath() {
        return Path.of(LinkTableTest.class.getPackageName().replace('.', '/'), FILE);
    }

    /** Lines that differ at their place, as in a diff. */
    private static String difference(List<String> expected, List<String> actual) {
        StringBuilder diff = new StringBuilder();
        int lines = Math.max(expected.size(), actual.size());
        for (int i = 0; i < lines; i++) {
            String was = i < expected.size() ? expected.get(i) : null;
            String is = i < actual.size() ? actual.get(i) : null;
            if (!Objects.equals(was, is)) {
                diff.append(was == null ? "" : "\n- " + was).append(is == null ? "" : "\n+ " + is);
            }
        }
        return diff.toString();
    }
}
