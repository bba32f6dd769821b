package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** spec: tunnel 1.6 */
final class ModeTest {

    @ParameterizedTest
    @CsvSource({
        "normal, 0, 40, 2, 1",
        "fast, 0, 30, 2, 1",
        "fast2, 1, 20, 2, 1",
        "fast3, 1, 10, 2, 1",
        "manual, 0, 50, 0, 0",
    })
    void eachModeStandsForFourValuesOnBothSides(String name, int nodelay, int intervalMs, int resend, int nc) {
        KcpSettings client = ClientCommand.config("-mode", name).tunnel().kcp();
        KcpSettings server = ServerCommand.config("-mode", name).tunnel().kcp();
        assertThat(client).isEqualTo(new KcpSettings(nodelay, intervalMs, resend, nc, 1350, 128, 512, false, 1, 32, 0));
        assertThat(server)
                .isEqualTo(new KcpSettings(nodelay, intervalMs, resend, nc, 1350, 1024, 1024, false, 1, 32, 0));
    }

    @Test
    void manualTakesWhatIsGiven() {
        KcpSettings kcp = ClientCommand.config(
                        "-mode=manual", "-nodelay=1", "-interval=15", "-resend=3", "-nc=1", "-acknodelay")
                .tunnel()
                .kcp();
        assertThat(kcp).isEqualTo(new KcpSettings(1, 15, 3, 1, 1350, 128, 512, true, 1, 32, 0));
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "9, 10", "10, 10", "5000, 5000", "5001, 5000", "2147483647, 5000"})
    void manualKeepsTheIntervalWithinKcpsBounds(int given, int used) {
        Outcome<ClientConfig> outcome = Outcomes.client("-mode", "manual", "-interval", Integer.toString(given));
        assertThat(Outcomes.config(outcome).tunnel().kcp().intervalMs()).isEqualTo(used);
        assertThat(Outcomes.warnings(outcome).stream().anyMatch(warning -> warning.contains("outside 10..5000 ms")))
                .isEqualTo(given != used);
    }
}
