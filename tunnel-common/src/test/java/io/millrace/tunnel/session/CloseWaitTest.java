package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.config.TunnelSettings;
import io.millrace.tunnel.relay.RelayOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code closewait} becomes for the relay. spec: tunnel 4 */
final class CloseWaitTest {

    private static RelayOptions client(String... flags) {
        return new TunnelParameters(ClientCommand.config(flags).tunnel()).clientRelay();
    }

    private static RelayOptions server(String... flags) {
        TunnelSettings settings = ServerCommand.config(flags).tunnel();
        return new TunnelParameters(settings).serverRelay(settings.smux().version());
    }

    @Test
    void byDefaultNothingIsHeldBack() {
        assertThat(client("-smuxver", "2")).isEqualTo(RelayOptions.DEFAULT);
        assertThat(server("-smuxver", "2")).isEqualTo(RelayOptions.DEFAULT);
        assertThat(client("-smuxver", "1")).isEqualTo(RelayOptions.DEFAULT.withPeerFinLimitMs(30_000));
        assertThat(server("-smuxver", "1")).isEqualTo(RelayOptions.DEFAULT.withPeerFinLimitMs(30_000));
    }

    @Test
    void aClientHoldsItsFinForSoLong() {
        assertThat(client("-closewait", "4")).isEqualTo(RelayOptions.DEFAULT.holdingFin(4_000));
    }

    @ParameterizedTest
    @CsvSource({"4, 30000", "90, 90000"})
    void aClientGivesAVersion1ServerThatHasEndedNoLessThanKcptunWould(String closeWait, long limitMs) {
        assertThat(client("-closewait", closeWait, "-smuxver", "1").peerFinLimitMs())
                .isEqualTo(limitMs);
    }

    @Test
    void aServerBoundsWhatAClientThatHasEndedMayGet() {
        assertThat(server("-closewait", "5", "-smuxver", "1"))
                .isEqualTo(RelayOptions.DEFAULT.withPeerFinLimitMs(5_000));
        assertThat(server("-closewait", "5", "-smuxver", "2"))
                .isEqualTo(RelayOptions.DEFAULT.withPeerFinStallMs(5_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void atZeroAClientThatHasEndedGetsNothing(String smuxVersion) {
        assertThat(server("-closewait", "0", "-smuxver", smuxVersion))
                .isEqualTo(RelayOptions.DEFAULT.withPeerFinLimitMs(0));
    }
}
