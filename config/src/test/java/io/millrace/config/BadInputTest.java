package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What upstream lets fail later is refused at start. spec: tunnel 10 */
final class BadInputTest {

    private static final String CIPHERS =
            "aes, aes-128, aes-192, aes-128-gcm, salsa20, twofish, sm4, blowfish, cast5, 3des, xtea, tea, xor, none, null";
    private static final String MODES = "normal, fast, fast2, fast3, manual";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-conn 0 | an integer 1..1024 (sessions)",
                "-conn -1 | an integer 1..1024 (sessions)",
                "-conn 1025 | an integer 1..1024 (sessions)",
                "-conn 65536 | an integer 1..1024 (sessions)",
                "-autoexpire -1 | an integer 0..2147483647 (seconds)",
                "-scavengettl -1 | an integer 0..2147483647 (seconds)",
                "-smuxver 0 | an integer 1..2",
                "-smuxver -1 | an integer 1..2",
                "-smuxver 3 | an integer 1..2",
                "-keepalive 0 | an integer 1..30 (seconds)",
                "-keepalive -1 | an integer 1..30 (seconds)",
                "-keepalive 31 | an integer 1..30 (seconds)",
                "-smuxbuf 0 | an integer 1..2147483647 (bytes)",
                "-smuxbuf 2147483648 | an integer 1..2147483647 (bytes)",
                "-streambuf 0 | an integer 1..2147483647 (bytes)",
                "-streambuf -5 | an integer 1..2147483647 (bytes)",
                "-streambuf 4194305 | streambuf up to smuxbuf, they are 4194305 and 4194304",
                "-smuxbuf 2097151 | streambuf up to smuxbuf, they are 2097152 and 2097151",
                "-framesize 0 | an integer 1..65535 (bytes)",
                "-framesize 65536 | an integer 1..65535 (bytes)",
                "-QPPCount 0 | an integer 1..65535 (pads)",
                "-QPPCount -1 | an integer 1..65535 (pads)",
                "-QPPCount 65536 | an integer 1..65535 (pads)",
                "-mtu 1501 | an integer 50..1500 (bytes)",
                "-mtu 77 | an integer 78..1500 (bytes) with crypt aes and FEC on",
                "-mtu -1 | an integer 50..1500 (bytes)",
                "-sndwnd 0 | an integer 1..65535 (packets)",
                "-sndwnd 65536 | an integer 1..65535 (packets)",
                "-rcvwnd 0 | an integer 1..65535 (packets)",
                "-rcvwnd -1 | an integer 1..65535 (packets)",
                "-rcvwnd 65536 | an integer 1..65535 (packets)",
                "-datashard -1 | an integer 0..256 (packets)",
                "-parityshard -1 | an integer 0..256 (packets)",
                "-datashard 254 | datashard + parityshard up to 256, together they are 257",
                "-parityshard 247 | datashard + parityshard up to 256, together they are 257",
                "-dscp 64 | an integer 0..63",
                "-dscp -1 | an integer 0..63",
                "-dscp 300 | an integer 0..63",
                "-sockbuf 0 | an integer 1..2147483647 (bytes)",
                "-ratelimit -1 | an integer 0..2147483647 (bytes/s)",
                "-snmpperiod -1 | an integer 0..2147483647 (seconds)",
                "-interval -1 | an integer 0..2147483647 (ms)",
                "-nodelay -1 | an integer 0..2147483647",
                "-resend -1 | an integer 0..2147483647 (ACKs)",
                "-nc -1 | an integer 0..2147483647",
            })
    void integersOutOfRange(String line, String allowed) {
        String flag = line.substring(0, line.indexOf(' '));
        String value = line.substring(line.indexOf(' ') + 1);
        assertThat(Outcomes.error(Outcomes.client(line.split(" "))))
                .isEqualTo("tunnel-client: flag " + flag + ": value " + value + " is not allowed; allowed: " + allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "aes, 10, 3, 78",
        "aes-128, 10, 3, 78",
        "none, 10, 3, 78",
        "aes, 0, 0, 70",
        "aes, 10, 0, 70",
        "aes, 0, 3, 70",
        "aes-128-gcm, 10, 3, 86",
        "aes-128-gcm, 0, 0, 78",
        "null, 10, 3, 58",
        "null, 0, 0, 50",
    })
    void theLeastMtuDependsOnCryptAndFec(String crypt, String dataShards, String parityShards, int leastMtuBytes) {
        String[] flags = {
            "-crypt", crypt, "-ds", dataShards, "-ps", parityShards, "-mtu", Integer.toString(leastMtuBytes)
        };
        assertThat(Outcomes.config(Outcomes.client(flags)).tunnel().kcp().mtuBytes())
                .isEqualTo(leastMtuBytes);
        flags[7] = Integer.toString(leastMtuBytes - 1);
        assertThat(Outcomes.error(Outcomes.client(flags)))
                .contains("allowed: an integer " + Math.max(50, leastMtuBytes) + "..1500");
    }

    @Test
    void theBoundsThemselvesAreGood() {
        TunnelSettings low = ClientCommand.config(
                        "-conn=1",
                        "-smuxver=1",
                        "-keepalive=1",
                        "-smuxbuf=1",
                        "-streambuf=1",
                        "-framesize=1",
                        "-mtu=78",
                        "-sndwnd=1",
                        "-rcvwnd=1",
                        "-dscp=0",
                        "-sockbuf=1")
                .tunnel();
        assertThat(low.smux()).isEqualTo(new SmuxSettings(1, 1, 1, 1, 1));
        ClientConfig high = ClientCommand.config(
                "-conn=1024",
                "-smuxver=2",
                "-keepalive=30",
                "-smuxbuf=2147483647",
                "-streambuf=2147483647",
                "-framesize=65535",
                "-mtu=1500",
                "-sndwnd=65535",
                "-rcvwnd=65535",
                "-dscp=63",
                "-sockbuf=2147483647",
                "-ds=200",
                "-ps=56");
        assertThat(high.tunnel().smux())
                .isEqualTo(new SmuxSettings(2, Integer.MAX_VALUE, Integer.MAX_VALUE, 65535, 30));
        assertThat(high.tunnel().kcp().rcvWndPackets()).isEqualTo(65535);
        assertThat(high.tunnel().fec()).isEqualTo(new FecSettings(200, 56));
        assertThat(high.tunnel().udp()).isEqualTo(new UdpSettings(63, Integer.MAX_VALUE, false));
        assertThat(high.pool().connections()).isEqualTo(1024);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, false", "10, 0, false", "0, 3, false", "256, 0, false", "10, 3, true", "255, 1, true"})
    void zeroShardsSwitchFecOff(String dataShards, String parityShards, boolean enabled) {
        FecSettings fec = ClientCommand.config("-ds", dataShards, "-ps", parityShards)
                .tunnel()
                .fec();
        assertThat(fec.isEnabled()).isEqualTo(enabled);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AES-128 | value \"AES-128\" is not allowed; allowed: " + CIPHERS + "; did you mean aes-128?",
                "Aes | value \"Aes\" is not allowed; allowed: " + CIPHERS + "; did you mean aes?",
                "aes128 | value \"aes128\" is not allowed; allowed: " + CIPHERS + "; did you mean aes-128?",
                "salsa | value \"salsa\" is not allowed; allowed: " + CIPHERS,
                "rot13 | value \"rot13\" is not allowed; allowed: " + CIPHERS,
                "'' | value \"\" is not allowed; allowed: " + CIPHERS,
            })
    void unknownCiphers(String crypt, String message) {
        assertThat(Outcomes.error(Outcomes.client("-crypt", crypt)))
                .isEqualTo("tunnel-client: flag -crypt: " + message);
        assertThat(Outcomes.error(Outcomes.server("-crypt", crypt)))
                .isEqualTo("tunnel-server: flag -crypt: " + message);
    }

    @ParameterizedTest
    @CsvSource({
        "aes, AES_256",
        "aes-128, AES_128",
        "aes-192, AES_192",
        "aes-128-gcm, AES_128_GCM",
        "salsa20, SALSA20",
        "twofish, TWOFISH",
        "sm4, SM4",
        "blowfish, BLOWFISH",
        "cast5, CAST5",
        "3des, TRIPLE_DES",
        "xtea, XTEA",
        "tea, TEA",
        "xor, XOR",
        "none, NONE",
        "null, NULL"
    })
    void knownCiphers(String crypt, CryptName expected) {
        assertThat(ClientCommand.config("-crypt", crypt).tunnel().crypt()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "c | value \"c\" is not allowed; allowed: A, B, C; did you mean C?",
                "D | value \"D\" is not allowed; allowed: A, B, C",
                "'' | value \"\" is not allowed; allowed: A, B, C",
            })
    void unknownGenerationsOfPads(String generation, String message) {
        assertThat(Outcomes.error(Outcomes.server("-qpp-generation", generation)))
                .isEqualTo("tunnel-server: flag -qpp-generation: " + message);
    }

    @ParameterizedTest
    @CsvSource({"A, 1", "B, 61", "C, 65535"})
    void pads(String generation, int count) {
        assertThat(ClientCommand.config("--QPP", "--QPPCount", Integer.toString(count), "--qpp-generation", generation)
                        .tunnel()
                        .qpp())
                .isEqualTo(new QppSettings(true, count, QppGeneration.valueOf(generation)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FAST3 | value \"FAST3\" is not allowed; allowed: " + MODES + "; did you mean fast3?",
                "'' | value \"\" is not allowed; allowed: " + MODES,
                "turbo | value \"turbo\" is not allowed; allowed: " + MODES,
            })
    void unknownModes(String mode, String message) {
        assertThat(Outcomes.error(Outcomes.client("-mode", mode))).isEqualTo("tunnel-client: flag -mode: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-localaddr a:http | value \"a:http\" is not allowed; allowed: a port number 0..65535 after the colon",
                "-remoteaddr vps | value \"vps\" is not allowed;"
                        + " allowed: HOST:PORT or HOST:MIN-MAX, with brackets around an IPv6 address",
                "-remoteaddr h:80x | value \"h:80x\" is not allowed; allowed: a port number 1..65535 after the colon",
                "-remoteaddr h:9-1 | value \"h:9-1\" is not allowed;"
                        + " allowed: a port range MIN-MAX within 1..65535, MIN not above MAX",
                "-remoteaddr 1.2.3.4.5:9 | value \"1.2.3.4.5:9\" is not allowed;"
                        + " allowed: a host name, an IPv4 address or an IPv6 address in brackets before the port",
            })
    void addressesOfTheClient(String line, String message) {
        String flag = line.substring(0, line.indexOf(' '));
        assertThat(Outcomes.error(Outcomes.client(line.split(" "))))
                .isEqualTo("tunnel-client: flag " + flag + ": " + message);
    }

    @Test
    void addressesOfTheServer() {
        assertThat(Outcomes.error(Outcomes.server("-listen", "29900")))
                .isEqualTo("tunnel-server: flag -listen: value \"29900\" is not allowed;"
                        + " allowed: HOST:PORT or HOST:MIN-MAX, with brackets around an IPv6 address");
        assertThat(Outcomes.error(Outcomes.server("-listen", ":1000-9999")))
                .isEqualTo("tunnel-server: flag -listen: value \":1000-9999\" is not allowed;"
                        + " allowed: a range of up to 1024 ports to listen on, these are 9000");
        assertThat(Outcomes.error(Outcomes.server("-target", "h:0")))
                .isEqualTo("tunnel-server: flag -target: value \"h:0\" is not allowed;"
                        + " allowed: a port number 1..65535 after the colon");
    }

    @Test
    void theirOffAndDefaultValuesPass(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("c.json"),
                "{\"qpp\": false, \"qpp-count\": 61, \"autoexpire\": 0, \"scavengettl\": 600, \"ratelimit\": 0,"
                        + " \"closewait\": 0, \"snmplog\": \"\", \"snmpperiod\": 60, \"tcp\": false, \"pprof\": false,"
                        + " \"quiet\": false, \"remoteaddr\": \"a:1\", \"key\": \"k\", \"smuxver\": 2}");
        assertThat(Outcomes.warnings(Outcomes.client("-c", file.toString()))).isEmpty();
        assertThat(Outcomes.config(Outcomes.server("-closewait", "30", "-snmpperiod", "0"))
                        .listenAddress())
                .hasToString(":29900");
    }

    @Test
    void aValueFromTheFileIsNamedWithItsLine(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("c.json"), "{\n  \"conn\": 0\n}");
        assertThat(Outcomes.error(Outcomes.client("-c", file.toString())))
                .isEqualTo("tunnel-client: " + file
                        + ", line 2, key \"conn\": value 0 is not allowed; allowed: an integer 1..1024 (sessions)");
    }
}
