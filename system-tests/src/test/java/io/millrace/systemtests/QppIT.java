package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.Seeds;
import io.millrace.tunnel.client.TunnelClient;
import io.millrace.tunnel.server.TunnelServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The permutation pad between two Millraces; the kcptun at hand is older than it. spec: tunnel 6 */
@ExtendWith(NoBufferLeaks.class)
class QppIT {
    @ParameterizedTest(name = "generation {0}, {1} pads, snappy {2}")
    @CsvSource({"A, 61, true", "B, 7, false", "C, 61, false", "C, 1, true"})
    void carriesEverythingBothWays(String generation, String count, boolean compression) throws Exception {
        TunnelCase settings = new TunnelCase(Peers.JAVA_TO_JAVA, "aes", Shards.TEN_THREE, 2, compression, "fast3");
        Seeds.run(61, seeds -> {
            Map<String, Exchange> exchanges = new LinkedHashMap<>();
            exchanges.put("bulk", new Exchange(seeds.derive("bulk"), 4 << 20, 4 << 20, 32_768));
            for (int i = 0; i < 10; i++) {
                String name = "stream " + i;
                exchanges.put(name, new Exchange(seeds.derive(name), 50_000 + i, 50_000 - i, 100 + 777 * i));
            }
            String[] flags = {"--QPP", "--QPPCount", count, "--qpp-generation", generation};
            try (ExchangeServer target = new ExchangeServer();
                    Tunnel tunnel = Tunnel.start(settings, target.address(), flags)) {
                new ExchangeClient(tunnel.entrance()).runAll(exchanges);
                target.assertServed(exchanges.size());
            }
        });
    }

    /** Where only the client has it the target sees what is inside the tunnel: the vectors of spec tunnel 6.7. */
    @Test
    @Timeout(60)
    void theBytesInsideTheTunnelAreThoseOfTheVectors() throws Exception {
        byte[] counting = new byte[64];
        for (int i = 0; i < counting.length; i++) {
            counting[i] = (byte) i;
        }
        String[] key = {"--key", "it's a secrect"};
        try (ServerSocket target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TunnelServer server = TunnelServer.start(ServerCommand.config(
                        "--listen", "127.0.0.1:0", "--target", "127.0.0.1:" + target.getLocalPort(), key[0], key[1]));
                TunnelClient client = TunnelClient.start(ClientCommand.config(
                        "--localaddr",
                        "127.0.0.1:0",
                        "--remoteaddr",
                        HostPort.format(server.localAddress()),
                        key[0],
                        key[1],
                        "--QPP"));
                Socket application = connect((InetSocketAddress) client.localAddress())) {
            application.getOutputStream().write(counting);
            try (Socket accepted = target.accept()) {
                byte[] inside = accepted.getInputStream().readNBytes(counting.length);
                assertThat(HexFormat.of().formatHex(inside))
                        .isEqualTo("e94f150bd5923394a725f3907d0b58ff0bda58fdb121d5ff7ef7800488a9937a"
                                + "a769e2cf9bff0f7fada9f99caa270fd1dc4ca705887ede5b626a3fafe4430f59");
                accepted.getOutputStream().write(inside);
                assertThat(application.getInputStream().readNBytes(counting.length))
                        .as("both directions start alike")
                        .isEqualTo(counting);
            }
        }
    }

    private static Socket connect(InetSocketAddress address) throws Exception {
        return new Socket(address.getAddress(), address.getPort());
    }
}
