package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.testkit.FreePorts;
import io.millrace.testkit.HostPort;
import io.millrace.tunnel.client.TunnelClient;
import io.millrace.tunnel.server.TunnelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A server with several targets leads each client to that of the port it sends to. */
@ExtendWith(NoBufferLeaks.class)
class TargetTableIT {

    @Test
    void eachPortLeadsToItsTarget(@TempDir Path folder) throws Exception {
        int port = FreePorts.range(3);
        try (ScriptedTarget web = answers("web");
                ScriptedTarget data = answers("data")) {
            Path file = Files.writeString(
                    folder.resolve("server.json"),
                    "{\"listen\": \"127.0.0.1:" + port + "-" + (port + 2) + "\", \"key\": \"" + TunnelCase.KEY
                            + "\", \"target\": {\"" + port + "\": \"" + HostPort.format(web.address()) + "\", \""
                            + (port + 1) + "-" + (port + 2) + "\": \"" + HostPort.format(data.address()) + "\"}}");
            try (TunnelServer server = TunnelServer.start(ServerCommand.config("-c", file.toString()))) {
                assertThat(server.localAddress().getPort()).isEqualTo(port);
                assertThat(answerThrough(port)).isEqualTo("web");
                assertThat(answerThrough(port + 1)).isEqualTo("data");
                assertThat(answerThrough(port + 2)).isEqualTo("data");
            }
        }
    }

    private static ScriptedTarget answers(String text) throws IOException {
        return new ScriptedTarget(socket -> socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String answerThrough(int udpPort) throws IOException {
        try (TunnelClient client = TunnelClient.start(ClientCommand.config(
                        "-localaddr", "127.0.0.1:0", "-remoteaddr", "127.0.0.1:" + udpPort, "-key", TunnelCase.KEY));
                Socket application = new Socket()) {
            application.setSoTimeout(ScriptedTarget.TIMEOUT_MS);
            application.connect((InetSocketAddress) client.localAddress());
            return new String(application.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
