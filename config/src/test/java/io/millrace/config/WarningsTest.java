package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is legal but probably not meant. spec: tunnel 2.7, 10 */
final class WarningsTest {

    private static final Map<String, String> KEY = Map.of("KCPTUN_KEY", "k");

    /** Warnings of a client that has nothing else to be warned of. */
    private static List<String> client(String... flags) {
        String[] args = new String[flags.length + 1];
        args[0] = "-r=h:1";
        System.arraycopy(flags, 0, args, 1, flags.length);
        return Outcomes.warnings(ClientCommand.parse(args, KEY));
    }

    private static List<String> server(String... flags) {
        return Outcomes.warnings(ServerCommand.parse(flags, KEY));
    }

    @Test
    void aWholeConfigurationHasNone() {
        assertThat(client()).isEmpty();
        assertThat(server()).isEmpty();
    }

    @Test
    void noFlagsAtAll() {
        assertThat(Outcomes.warnings(Outcomes.client()))
                .containsExactly(
                        "the key is kcptun's default, which everybody knows; set key or KCPTUN_KEY on both ends",
                        "no server is given; vps:29900 is only kcptun's placeholder, set remoteaddr");
    }

    @Test
    void packetsTooLongForTheirDisguise() {
        assertThat(client("-tcp", "-mtu=1428")).isEmpty();
        assertThat(client("-mtu=1500")).isEmpty();
        assertThat(client("-tcp", "-mtu=1429"))
                .containsExactly(
                        "flag -mtu: value 1429 with tcp makes packets of 1501 bytes over IPv6 and 1481 over IPv4;"
                                + " most networks carry 1500, hence up to 1428 fits both");
    }

    @Test
    void theDefaultKeyGivenByHandIsStillTheDefaultKey() {
        assertThat(client("-key", "it's a secrect")).singleElement().asString().contains("everybody knows");
    }

    @Test
    void anEmptyKey() {
        assertThat(client("-key=")).containsExactly("flag -key: the key is empty; set key or KCPTUN_KEY on both ends");
    }

    @Test
    void aKeyOnTheCommandLine() {
        assertThat(client("-key", "hidden"))
                .containsExactly("flag -key: others on this machine can see the key in the process list;"
                        + " KCPTUN_KEY or the JSON file hide it");
    }

    @Test
    void aKeyThatWasNotReadRight() {
        assertThat(Outcomes.warnings(ServerCommand.parse(new String[0], Map.of("KCPTUN_KEY", "caf\ufffd"))))
                .singleElement()
                .asString()
                .startsWith("environment variable KCPTUN_KEY: the key holds characters that could not be read");
    }

    @ParameterizedTest
    @CsvSource({"none", "null"})
    void plaintext(String crypt) {
        assertThat(client("-crypt", crypt))
                .containsExactly("flag -crypt: " + crypt
                        + " means no encryption; everybody on the way can read and change the traffic");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "xor | puts the same bytes over every packet; whoever sees two can read them, take aes",
                "tea | runs a quarter of TEA's cycles, fewer than are known to be safe; take aes"
            })
    void weakCiphers(String crypt, String why) {
        assertThat(client("-crypt", crypt)).containsExactly("flag -crypt: " + crypt + " " + why);
    }

    /** One line for each cipher but GCM, and only the weak ones are worth a warning. */
    @ParameterizedTest
    @EnumSource
    void oneLineOfAdviceAtMost(CryptName crypt) {
        Outcome.Run<ServerConfig> run =
                Outcomes.run(ServerCommand.parse(new String[] {"-smuxver=2", "-crypt=" + crypt.configName()}, KEY));
        boolean weak = Set.of(CryptName.NONE, CryptName.NULL, CryptName.XOR, CryptName.TEA)
                .contains(crypt);
        assertThat(run.warnings()).hasSize(weak ? 1 : 0);
        if (weak || crypt == CryptName.AES_128_GCM) {
            assertThat(run.notes()).isEmpty();
        } else {
            assertThat(run.notes())
                    .containsExactly("crypt " + crypt.configName()
                            + " hides the traffic but does not notice every change of it; aes-128-gcm does, if both"
                            + " ends know it (Millrace, kcptun since December 2025)");
        }
    }

    @Test
    void whatWeakensPads() {
        String shortKey = "QPP is on and the key has less than the 211 bytes that it needs to be as strong as it is"
                + " meant to be";
        assertThat(client("-QPPCount=2")).isEmpty();
        assertThat(client("-QPP")).containsExactly(shortKey);
        assertThat(client("-QPP", "-QPPCount=2"))
                .containsExactly(
                        shortKey,
                        "flag -QPPCount: 2 pads are few, take 7 or more",
                        "flag -QPPCount: an even number of pads is weaker, take a prime");
        String[] flags = {"-smuxver=2", "-QPP", "-QPPCount=7"};
        assertThat(Outcomes.warnings(ServerCommand.parse(flags, Map.of("KCPTUN_KEY", "é".repeat(106)))))
                .as("212 bytes")
                .isEmpty();
        assertThat(Outcomes.warnings(ServerCommand.parse(flags, Map.of("KCPTUN_KEY", "k".repeat(210)))))
                .containsExactly(shortKey);
    }

    @Test
    void expiredSessionsThatOutliveTheirSuccessors() {
        assertThat(client("-autoexpire", "300", "-scavengettl", "301"))
                .containsExactly("flag -scavengettl: value 301 is above autoexpire;"
                        + " sessions of several ages will share the bandwidth");
        assertThat(client("-autoexpire", "300", "-scavengettl", "300")).isEmpty();
        assertThat(client("-autoexpire", "300")).isEmpty();
        assertThat(client("-scavengettl", "600")).isEmpty();
    }

    @Test
    void strayArguments() {
        assertThat(client("-nocomp", "false", "-mtu", "1400", "-x=1", "y"))
                .containsExactly("ignored from argument 3 on (5 in all, among them -mtu): flags end at the first word"
                        + " that is none; booleans take a value only as -name=value");
        assertThat(server("--", "z")).singleElement().asString().startsWith("ignored from argument 2 on (1 in all):");
        assertThat(client("--")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, false", "12948, false", "localhost, false", "::1:80, true"})
    void aLocalAddressThatBecomesAUnixSocket(String text, boolean ipv6) {
        assertThat(client("-l", text))
                .containsExactly("flag -l: value \"" + text
                        + "\" is taken for the path of a unix socket; for TCP write HOST:PORT"
                        + (ipv6 ? ", an IPv6 address in brackets" : ""));
    }

    @Test
    void pathsAreNotWarnedOf() {
        assertThat(client("-l", "/run/x.sock")).isEmpty();
        assertThat(client("-l", "./x.sock")).isEmpty();
        assertThat(client("-l", "@x")).isEmpty();
        assertThat(server("-t", "@x")).isEmpty();
    }

    @Test
    void aTargetSocketThatIsNotThere(@TempDir Path directory) {
        Path missing = directory.resolve("s");
        assertThat(server("-t", missing.toString()))
                .containsExactly("flag -t: value \"" + missing
                        + "\" is taken for the path of a unix socket, and there is none now");
        assertThat(server("-t", directory.toString())).isEmpty();
        assertThat(server("-t", "example.com")).singleElement().asString().contains("for TCP write HOST:PORT");
    }
}
