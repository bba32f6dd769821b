package io.millrace.tunnel.client;

import io.millrace.config.ClientCommand;
import io.millrace.config.ClientConfig;
import io.millrace.config.Endpoint;
import io.millrace.config.Outcome;
import io.millrace.tunnel.net.AddressText;
import io.millrace.tunnel.session.Daemon;

/** The client program. */
public final class ClientMain {
    private ClientMain() {}

    /** Runs until the process is told to stop; {@code -h} tells how to use it. */
    public static void main(String[] args) {
        Daemon.forgetAddressesSoon();
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
