package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The example files that ship, and kcptun's own (spec: tunnel 11). */
final class ExamplesTest {

    private static String file(String name) {
        return Path.of("examples", name).toString();
    }

    private static String resource(String name) {
        return Path.of("src/test/resources/io/millrace/config/kcptun", name).toString();
    }

    @Test
    void ourClientExampleRunsWithoutAWarning() {
        Outcome<ClientConfig> outcome = Outcomes.client("-c", file("client.json"));
        assertThat(Outcomes.warnings(outcome)).isEmpty();
        assertThat(Outcomes.config(outcome).localAddress()).hasToString("127.0.0.1:12948");
        assertThat(Outcomes.config(outcome).remoteAddress()).hasToString("127.0.0.1:29900");
    }

    @Test
    void ourExamplesAgreeOnWhatMustMatch() {
        TunnelSettings client = ClientCommand.config("-c", file("client.json")).tunnel();
        TunnelSettings server = ServerCommand.config("-c", file("server.json")).tunnel();
        assertThat(server.key()).isEqualTo(client.key());
        assertThat(server.crypt()).isEqualTo(client.crypt());
        assertThat(server.compression()).isEqualTo(client.compression());
        assertThat(server.fec()).isEqualTo(client.fec());
        assertThat(server.smux().version()).isEqualTo(client.smux().version());
    }

    @Test
    void ourServerExampleRunsWithoutAWarning() {
        Outcome<ServerConfig> outcome = Outcomes.server("-c", file("server.json"));
        assertThat(Outcomes.warnings(outcome)).isEmpty();
        assertThat(Outcomes.config(outcome).listenAddress()).hasToString("127.0.0.1:29900");
    }

    @Test
    void kcptuns2021ServerExampleGivesWhatKcptunRunsWith() {
        Outcome<ServerConfig> outcome = Outcomes.server("-c", resource("server-2021.json"));
        assertThat(outcome)
                .isEqualTo(new Outcome.Run<>(
                        new ServerConfig(
                                new HostPorts("", new PortRange(2000, 2000)),
                                TargetTable.everyPort(new Endpoint.HostPort("127.0.0.1", 9999)),
                                false,
                                new TunnelSettings(
                                        PreSharedKey.of("PASSWORD"),
                                        CryptName.AES_128,
                                        new QppSettings(false, 61, QppGeneration.C),
                                        Compression.NONE,
                                        Mode.FAST3,
                                        new KcpSettings(1, 10, 2, 1, 1400, 2048, 2048, false, 1, 32, 0),
                                        new FecSettings(10, 3),
                                        new SmuxSettings(1, 16777217, 2097152, 8192, 10),
                                        new UdpSettings(46, 16777217, false),
                                        new RelaySettings(30),
                                        new LogSettings(Optional.empty(), false),
                                        new DiagnosticsSettings(Optional.empty(), 60, false))),
                        List.of("mode fast3 overrides interval 40 (now 10); use mode manual to set these yourself"),
                        List.of(
                                "crypt aes-128 hides the traffic but does not notice every change of it; aes-128-gcm does,"
                                        + " if both ends know it (Millrace, kcptun since December 2025)")));
    }

    @Test
    void kcptuns2021ClientExampleGivesWhatKcptunRunsWith() {
        Outcome<ClientConfig> outcome = Outcomes.client("-c", resource("client-2021.json"));
        assertThat(Outcomes.config(outcome).remoteAddress())
                .isEqualTo(new HostPorts("11.22.33.44", new PortRange(2000, 2000)));
        assertThat(Outcomes.config(outcome).pool()).isEqualTo(new PoolSettings(1, 1800, 0));
        assertThat(Outcomes.warnings(outcome))
                .containsExactly("mode fast3 overrides interval 40 (now 10); use mode manual to set these yourself");
    }

    @Test
    void kcptunsLateExamplesRunUnchanged() {
        ClientConfig client = Outcomes.config(Outcomes.client("-c", resource("client-late.json")));
        assertThat(client.remoteAddress()).isEqualTo(new HostPorts("127.0.0.1", new PortRange(29900, 29999)));
        assertThat(client.pool()).isEqualTo(new PoolSettings(1, 300, 0));
        ServerConfig server = Outcomes.config(Outcomes.server("-c", resource("server-late.json")));
        assertThat(server.listenAddress()).isEqualTo(new HostPorts("", new PortRange(29900, 29999)));
        assertThat(server.targets()).hasToString("127.0.0.1:2000");
    }
}
