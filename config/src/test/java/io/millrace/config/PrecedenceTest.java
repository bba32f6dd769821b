package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Default, environment, flags, file, mode profile: later wins. spec: tunnel 1.4 */
final class PrecedenceTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("KCPTUN_KEY", "from the environment");

    private final Path file;

    PrecedenceTest(@TempDir Path directory) {
        file = directory.resolve("c.json");
    }

    private Outcome<ClientConfig> client(Map<String, String> environment, String json, String... flags)
            throws IOException {
        Files.writeString(file, json);
        String[] args = new String[flags.length + 2];
        args[0] = "-c";
        args[1] = file.toString();
        System.arraycopy(flags, 0, args, 2, flags.length);
        return ClientCommand.parse(args, environment);
    }

    private static PreSharedKey key(Outcome<ClientConfig> outcome) {
        return Outcomes.config(outcome).tunnel().key();
    }

    @Test
    void tcpIsAFlagAndAKey() throws IOException {
        Files.writeString(file, "{\"tcp\": true}");
        assertThat(Outcomes.config(Outcomes.client()).tunnel().udp().tcp()).isFalse();
        assertThat(Outcomes.config(Outcomes.client("-tcp")).tunnel().udp().tcp())
                .isTrue();
        assertThat(Outcomes.config(Outcomes.server("-c", file.toString()))
                        .tunnel()
                        .udp()
                        .tcp())
                .isTrue();
    }

    @Test
    void theKeyTakesTheLastLayerThatHasIt() throws IOException {
        assertThat(key(client(Map.of(), "{}")).isDefault()).isTrue();
        assertThat(key(client(ENVIRONMENT, "{}"))).isEqualTo(PreSharedKey.of("from the environment"));
        assertThat(key(client(ENVIRONMENT, "{}", "-key", "from a flag"))).isEqualTo(PreSharedKey.of("from a flag"));
        assertThat(key(client(ENVIRONMENT, "{\"key\": \"from the file\"}", "-key", "from a flag")))
                .isEqualTo(PreSharedKey.of("from the file"));
        assertThat(key(client(ENVIRONMENT, "{\"key\": null}", "-key", "from a flag")))
                .isEqualTo(PreSharedKey.of("from a flag"));
    }

    @Test
    void anEmptyVariableIsAnEmptyKeyAndAnUnsetOneIsNone() throws IOException {
        assertThat(key(client(Map.of("KCPTUN_KEY", ""), "{}")).isEmpty()).isTrue();
        assertThat(Outcomes.warnings(client(Map.of("KCPTUN_KEY", ""), "{}")))
                .contains("environment variable KCPTUN_KEY: the key is empty; set key or KCPTUN_KEY on both ends");
        assertThat(key(client(Map.of("kcptun_key", "x"), "{}")).isDefault()).isTrue();
    }

    @Test
    void noOtherVariableIsLookedAt() throws IOException {
        Outcome<ClientConfig> outcome = client(Map.of("KCPTUN_MTU", "1000", "KCPTUN_CRYPT", "none"), "{}");
        assertThat(Outcomes.config(outcome).tunnel().kcp().mtuBytes()).isEqualTo(1350);
        assertThat(Outcomes.config(outcome).tunnel().crypt()).isEqualTo(CryptName.AES_256);
    }

    @Test
    void theFileWinsOverFlagsKeyByKeyAndSaysSo() throws IOException {
        Outcome<ClientConfig> outcome =
                client(Map.of(), "{\"mtu\": 1400, \"conn\": 2}", "-mtu", "1200", "-sndwnd", "9");
        ClientConfig config = Outcomes.config(outcome);
        assertThat(config.tunnel().kcp().mtuBytes()).isEqualTo(1400);
        assertThat(config.pool().connections()).isEqualTo(2);
        assertThat(config.tunnel().kcp().sndWndPackets()).isEqualTo(9);
        assertThat(Outcomes.warnings(outcome))
                .contains(
                        "flag -mtu: overridden to 1400 by " + file + ", line 1, key \"mtu\" (a file wins over flags)");
    }

    @Test
    void aFlagWithTheFilesValueIsNotWarnedOf() throws IOException {
        assertThat(Outcomes.warnings(client(Map.of(), "{\"mtu\": 1400}", "-mtu", "1400")))
                .noneMatch(warning -> warning.contains("mtu"));
    }

    @Test
    void aWrongFlagDoesNotMatterIfTheFileOverridesIt() throws IOException {
        assertThat(Outcomes.config(client(Map.of(), "{\"conn\": 2}", "-conn", "0"))
                        .pool()
                        .connections())
                .isEqualTo(2);
    }

    @Test
    void theModeProfileWinsOverTheFile() throws IOException {
        Outcome<ClientConfig> outcome =
                client(Map.of(), "{\"mode\": \"fast3\", \"interval\": 40, \"nodelay\": 1}", "-resend", "7");
        assertThat(Outcomes.config(outcome).tunnel().kcp().intervalMs()).isEqualTo(10);
        assertThat(Outcomes.config(outcome).tunnel().kcp().resend()).isEqualTo(2);
        assertThat(Outcomes.warnings(outcome))
                .contains("mode fast3 overrides interval 40 (now 10), resend 7 (now 2);"
                        + " use mode manual to set these yourself");
    }

    @Test
    void theFileMaySwitchTheModeOfFlags() throws IOException {
        Outcome<ClientConfig> outcome =
                client(Map.of(), "{\"mode\": \"manual\", \"interval\": 40}", "-mode", "fast3", "-nodelay", "1");
        assertThat(Outcomes.config(outcome).tunnel().kcp())
                .isEqualTo(new KcpSettings(1, 40, 0, 0, 1350, 128, 512, false, 1, 32, 0));
    }
}
