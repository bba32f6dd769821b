package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmulatorFlagsTest {
    private static final String ENDS = "--listen 127.0.0.1:4000 --target [::1]:29900 ";

    private static EmulatorFlags parse(String line) {
        return EmulatorFlags.parse(line.trim().split(" +"));
    }

    @Test
    void readsEveryFlag() {
        EmulatorFlags flags = parse(
                ENDS
                        + "--delay-ms 30 --jitter-ms=2.5 --jitter-reorders true --reorder 0.1 --reorder-delay-ms 7 --loss 0.03"
                        + " --burst-loss 0.2 --burst-packets 8 --duplicate 0.04 --corrupt 0.05 --rate-mbit 1.5 --queue-bytes 5000"
                        + " --queue-packets 50 --mtu 1400 --blackout-ms 10-20 --blackout-ms 30-40 --seed 0x10 --report-every-s 3");
        LinkProfile expected = LinkProfile.builder()
                .delayMs(30)
                .jitterMs(2.5)
                .jitterReorders(true)
                .reorder(0.1, 7)
                .lossProbability(0.03)
                .burstLossShare(0.2, 8)
                .duplicateProbability(0.04)
                .corruptProbability(0.05)
                .rateBitsPerSecond(1_500_000)
                .queueBytes(5000)
                .queuePackets(50)
                .mtuBytes(1400)
                .blackoutMs(10, 20)
                .blackoutMs(30, 40)
                .build();
        assertThat(flags.toTarget).isEqualTo(expected);
        assertThat(flags.toClient).isEqualTo(expected);
        assertThat(HostPort.format(flags.listen)).isEqualTo("127.0.0.1:4000");
        assertThat(flags.target.getPort()).isEqualTo(29_900);
        assertThat(flags.target.getAddress().getAddress()).hasSize(16);
        assertThat(flags.seed).isEqualTo(16);
        assertThat(flags.reportEveryS).isEqualTo(3);
    }

    @Test
    void directionsCanDiffer() {
        EmulatorFlags flags = parse(ENDS + "--delay-ms 30 --up-rate-mbit 5 --down-delay-ms 40 --up-loss 0.1");
        assertThat(flags.toTarget)
                .isEqualTo(LinkProfile.builder()
                        .delayMs(30)
                        .rateBitsPerSecond(5e6)
                        .lossProbability(0.1)
                        .build());
        assertThat(flags.toClient).isEqualTo(LinkProfile.builder().delayMs(40).build());
    }

    @Test
    void theOrderOfFlagsDoesNotMatter() {
        assertThat(parse("--burst-loss 0.9 --burst-packets 20 " + ENDS).toTarget)
                .isEqualTo(parse(ENDS + "--burst-packets 20 --burst-loss 0.9").toTarget);
    }

    @Test
    void theUsageNamesEveryFlagThatIsRead() {
        Matcher flag =
                Pattern.compile("^  (--[a-z-]+) ([A-Z-]+)", Pattern.MULTILINE).matcher(EmulatorFlags.USAGE);
        int flags = 0;
        while (flag.find()) {
            String value = flag.group(2).equals("BOOL") ? "true" : flag.group(2).equals("FROM-TO") ? "1-2" : "1";
            String line = flag.group(1) + " " + value;
            assertThat(parse(ENDS + line.replace("--burst-loss 1", "--burst-loss 0.1")))
                    .isNotNull();
            flags++;
        }
        assertThat(flags).isEqualTo(17);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--listen 127.0.0.1:4000 | --target is missing",
                "--target 127.0.0.1:4000 | --listen is missing",
                "--listen 4000 | --listen is \"4000\", must be HOST:PORT",
                "--listen 127.0.0.1:99999 | --listen is \"127.0.0.1:99999\", must be HOST:PORT",
                "--listen :4000 | --listen is \":4000\", must be HOST:PORT",
                "loss 0.1 | \"loss\" is not a flag",
                "--lost 0.1 | --lost is not a known flag",
                "--up-lost 0.1 | --up-lost is not a known flag",
                "--loss | --loss needs a value",
                "--loss much | --loss is \"much\", must be a decimal number",
                "--loss 1.5 | --loss: lossProbability is 1.5, must be 0 to 1",
                "--down-loss NaN | --down-loss: lossProbability is NaN, must be 0 to 1",
                "--reorder 2 | --reorder is 2, must be 0 to 1",
                "--reorder-delay-ms -1 | --reorder-delay-ms is -1.0, must be 0 to 86400000",
                "--burst-loss 0.9 | --burst-loss 0.9 with --burst-packets 5.0 is impossible",
                "--burst-packets 0 | --burst-packets must be at least 1",
                "--rate-mbit 0 | --rate-mbit: rateBitsPerSecond is 0.0, must be 1 or more",
                "--queue-packets 0 | --queue-packets: queuePackets is 0, must be 1 or more",
                "--mtu -5 | --mtu is -5, must be 0 or more",
                "--jitter-reorders maybe | --jitter-reorders is \"maybe\", must be true or false",
                "--blackout-ms 5 | --blackout-ms is \"5\", must be FROM-TO",
                "--blackout-ms 9-5 | --blackout-ms: blackout is 9-5, must be FROM-TO with",
                "--seed x | --seed is \"x\", must be a whole number",
            })
    void namesTheWrongFlag(String line, String message) {
        String ends = line.startsWith("--listen") || line.startsWith("--target") ? "" : ENDS;
        assertThatThrownBy(() -> parse(ends + line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
