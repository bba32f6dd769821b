package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.JavaProgram;
import io.millrace.testkit.LinkEmulator;
import io.millrace.testkit.LinkProfile;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that differ between the ends, or do not fit the path: whoever can know says which. spec: tunnel 0, 13 */
@Execution(ExecutionMode.CONCURRENT)
class MismatchIT {
    private static final long LINE_TIMEOUT_MS = 60_000;

    @BeforeAll
    static void needsKcptun() {
        GoKcptun.requireInstalled();
    }

    /** One connection that wants something from the other end. */
    private static void use(InetSocketAddress entrance) {
        new ExchangeClient(entrance).start(new Exchange(1, 2000, 2000, 500));
    }

    @ParameterizedTest(name = "{0} {1} to {2} {3}")
    @CsvSource({"another key, aes, aes", "system tests' own key, none, aes", "system tests' own key, aes-128, none"})
    void aServerNamesKeyAndCrypt(String key, String clientCrypt, String serverCrypt) throws Exception {
        int udp = FreePorts.next();
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address(), "--crypt", serverCrypt);
                GoKcptun client = GoKcptun.client(Programs.loopback(udp))
                        .key(key)
                        .args("--crypt", clientCrypt)
                        .start()) {
            use(client.address());
            server.awaitLine(
                    "[0-9]+ packets from 127\\.0\\.0\\.1 failed the checksum: key or crypt differ \\(crypt here: "
                            + serverCrypt + "\\)",
                    LINE_TIMEOUT_MS);
        }
    }

    /** The server drops what it cannot read, so the client hears nothing. */
    @Test
    void aClientWithAnotherKeySaysThatThereIsNoAnswer() throws Exception {
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                GoKcptun server =
                        GoKcptun.server(target.address()).key("another").start();
                JavaProgram client = Programs.startClient(entrance.getPort(), server.address())) {
            use(entrance);
            client.awaitLine(
                    "no answer from 127\\.0\\.0\\.1:" + server.port()
                            + " in 1[0-9] s: is the server running, the UDP port open, key and crypt equal\\?",
                    LINE_TIMEOUT_MS);
            assertThat(client.log()).doesNotContain("refuses");
        }
    }

    @Test
    void aClosedPortIsKnownAtOnce() throws Exception {
        int nobody = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (JavaProgram client = Programs.startClient(entrance.getPort(), Programs.loopback(nobody))) {
            use(entrance);
            client.awaitLine(
                    "127\\.0\\.0\\.1:" + nobody + " refuses: its host says that nothing listens on UDP port " + nobody,
                    LINE_TIMEOUT_MS);
            assertThat(client.log()).doesNotContain("no answer");
        }
    }

    @ParameterizedTest(name = "client {0}, kcptun {1}")
    @CsvSource({
        "--smuxver=2 --comp=snappy, --smuxver=1, smuxver 2 and comp snappy",
        "--smuxver=1 --nocomp, --smuxver=1, smuxver 1 and comp none",
        "--smuxver=1 --comp=snappy, --smuxver=1 --nocomp, smuxver 1 and comp snappy",
        "--smuxver=1 --comp=lz4, --smuxver=1, smuxver 1 and comp lz4",
    })
    void aClientNamesWhatItsServerDoesNotUnderstand(String clientFlags, String serverFlags, String here)
            throws Exception {
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                GoKcptun server = GoKcptun.server(target.address())
                        .key(TunnelCase.KEY)
                        .args(serverFlags.split(" "))
                        .start();
                JavaProgram client =
                        Programs.startClient(entrance.getPort(), server.address(), clientFlags.split(" "))) {
            use(entrance);
            client.awaitLine(
                    "127\\.0\\.0\\.1:" + server.port()
                            + " drops what this client sends: its smuxver or comp \\(nocomp\\)" + " differ; here: "
                            + here,
                    LINE_TIMEOUT_MS);
            assertThat(target.completed()).isZero();
        }
    }

    @Test
    void bothEndsSeeThatTheMtuIsTooLarge() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        LinkProfile narrow = LinkProfile.builder().mtuBytes(1000).build();
        try (ExchangeServer target = new ExchangeServer();
                JavaProgram server = Programs.startServer(udp, target.address());
                LinkEmulator link = LinkEmulator.builder(Programs.loopback(udp))
                        .profile(narrow)
                        .seed(1)
                        .start();
                JavaProgram client = Programs.startClient(entrance.getPort(), link.address())) {
            new ExchangeClient(entrance).start(new Exchange(1, 20_000, 20_000, 20_000));
            client.awaitLine(
                    "packets of 1350 bytes do not get through to 127\\.0\\.0\\.1:" + link.port()
                            + ", and such of [0-9]{2,3} do: mtu \\(here 1350\\) is too large for the path; try 1200",
                    LINE_TIMEOUT_MS);
            link.setToTargetProfile(LinkProfile.PERFECT);
            server.awaitLine("packets of 1350 bytes do not get through to 127\\.0\\.0\\.1:", LINE_TIMEOUT_MS);
        }
    }

    @ParameterizedTest(name = "{0}, kcptun {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "10 3 | 3 2 | sends 3/2, here it is 10/3",
                "10 3 | 0 0 | sends without FEC, here it is 10/3",
                "0 0 | 10 3 | sends 10/3, here it is off",
            })
    void differentFecIsSaidLoudly(String ours, String theirs, String line) throws Exception {
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ExchangeServer target = new ExchangeServer();
                GoKcptun server = GoKcptun.server(target.address())
                        .key(TunnelCase.KEY)
                        .args(fec(theirs))
                        .args("--smuxver", "2")
                        .start();
                JavaProgram client = Programs.startClient(entrance.getPort(), server.address(), fec(ours))) {
            new ExchangeClient(entrance).runAll(Map.of("whole", new Exchange(1, 300_000, 300_000, 5000)));
            client.awaitLine("WARN +FEC DIFFERS: 127\\.0\\.0\\.1:" + server.port() + " " + line, LINE_TIMEOUT_MS);
        }
    }

    private static String[] fec(String numbers) {
        int blank = numbers.indexOf(' ');
        return new String[] {"--datashard", numbers.substring(0, blank), "--parityshard", numbers.substring(blank + 1)};
    }
}
