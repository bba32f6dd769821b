package io.millrace.tunnel.client;

import io.millrace.config.ClientCommand;
import io.millrace.config.ClientConfig;
import io.millrace.config.Endpoint;
import io.millrace.config.Outcome;
import io.millrace.tunnel.net.AddressText;
import io.millrace.tunnel.session.Daemon;
import java.security.Security;

/** The client program. */
public final class ClientMain {
    private ClientMain() {}

    /** Runs until the process is told to stop; {@code -h} tells how to use it. */
    public static void main(String[] args) {
        // Sessions are for finding the server again: an address that changed must not be remembered for long.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        Outcome<ClientConfig> outcome = ClientCommand.parse(args, System.getenv());
        Daemon.run(outcome, ClientConfig::tunnel, ClientConfig::effective, ClientMain::start);
    }

    private static Daemon.Running start(ClientConfig config) throws java.io.IOException {
        TunnelClient client = TunnelClient.start(config);
        boolean unix = config.localAddress() instanceof Endpoint.UnixPath;
        return new Daemon.Running(
                "listening on " + (unix ? config.localAddress() : AddressText.of(client.localAddress()))
                        + ", tunnel to " + config.remoteAddress(),
                client.counters(),
                client::close);
    }
}
