package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The permutation pad between two Millraces; the kcptun at hand is older than it. spec: tunnel 6 */
@ExtendWith(NoBufferLeaks.class)
class QppIT {
    private static TunnelCase settings(boolean compression) {
        return new TunnelCase(Peers.JAVA_TO_JAVA, "aes", Shards.TEN_THREE, 2, compression, "fast3");
    }

    @ParameterizedTest(name = "generation {0}, {1} pads, snappy {2}")
    @CsvSource({"A, 61, true", "B, 7, false", "C, 61, false", "C, 1, true"})
    void carriesEverythingBothWays(String generation, String count, boolean compression) throws Exception {
        Seeds.run(61, seeds -> {
            Map<String, Exchange> exchanges = new LinkedHashMap<>();
            exchanges.put("bulk", new Exchange(seeds.derive("bulk"), 4 << 20, 4 << 20, 32_768));
            for (int i = 0; i < 10; i++) {
                String name = "stream " + i;
                exchanges.put(name, new Exchange(seeds.derive(name), 50_000 + i, 50_000 - i, 100 + 777 * i));
            }
            String[] flags = {"--QPP", "--QPPCount", count, "--qpp-generation", generation};
            try (ExchangeServer target = new ExchangeServer();
                    Tunnel tunnel = Tunnel.start(settings(compression), target.address(), flags)) {
                new ExchangeClient(tunnel.entrance()).runAll(exchanges);
                target.assertServed(exchanges.size());
            }
        });
    }

    /** Where only the client has it the target sees what is inside the tunnel: the vectors of spec tunnel 6.7. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "--QPP, e94f150bd5923394a725f3907d0b58ff0bda58fdb121d5ff7ef7800488a9937a"
                + "a769e2cf9bff0f7fada9f99caa270fd1dc4ca705887ede5b626a3fafe4430f59",
        "--QPP --QPPCount 1, d3fc8e94cbf7d07c803c4cc3f76ab8fe8c3a527b4de5a6c6cf484a522ae05a20"
                + "1aae2a51dc3f21f167af01b624b1326495b79a5d26bb847bfab53f46efcbf99d",
        "--QPP --qpp-generation B, d85fed6b44cbfa39a31bb4a53bbb137d203e38c9f20e22368d7f0a64a26d9a19"
                + "90916e042273be7d5ab18b34ecdd9d8155698ef9f4b693541c376465aafee7d3",
        "--QPP --qpp-generation A, 5deb20876719a4d144723c791f7797e54101f549a5b80c6826793b9e1541e02d"
                + "aa0fc552884a974dddabc35805eedce801ac80c73eefd304445b4025b4d87dd5",
    })
    void theBytesInsideTheTunnelAreThoseOfTheVectors(String flags, String vector) throws Exception {
        byte[] counting = new byte[64];
        for (int i = 0; i < counting.length; i++) {
            counting[i] = (byte) i;
        }
        List<String> key = List.of("--key", "it's a secrect");
        List<String> clientFlags = new ArrayList<>(key);
        Collections.addAll(clientFlags, flags.split(" "));
        try (ServerSocket target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Tunnel tunnel = Tunnel.start(
                        settings(true), (InetSocketAddress) target.getLocalSocketAddress(), clientFlags, key);
                Socket application = ApplicationSocket.connect(tunnel.entrance())) {
            target.setSoTimeout(ScriptedTarget.TIMEOUT_MS);
            application.getOutputStream().write(counting);
            try (Socket accepted = target.accept()) {
                accepted.setSoTimeout(ScriptedTarget.TIMEOUT_MS);
                byte[] inside = accepted.getInputStream().readNBytes(counting.length);
                assertThat(HexFormat.of().formatHex(inside)).isEqualTo(vector);
                accepted.getOutputStream().write(inside);
                assertThat(application.getInputStream().readNBytes(counting.length))
                        .as("both directions start alike")
                        .isEqualTo(counting);
            }
        }
    }
}
