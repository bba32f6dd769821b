package io.millrace.tunnel.client;

import io.millrace.config.ClientCommand;
import io.millrace.config.ClientConfig;
import io.millrace.config.Outcome;
import io.millrace.tunnel.session.Daemon;

/** The client program. */
public final class ClientMain {
    private ClientMain() {}

    /** Runs until the process is told to stop; {@code -h} tells how to use it. */
    public static void main(String[] args) {
        Outcome<ClientConfig> outcome = ClientCommand.parse(args, System.getenv());
        Daemon.run(outcome, config -> config.tunnel().log(), ClientConfig::effective, ClientMain::start);
    }

    private static Daemon.Running start(ClientConfig config) throws java.io.IOException {
        TunnelClient client = TunnelClient.start(config);
        return new Daemon.Running(
                "listening on " + client.localAddress() + ", tunnel to " + config.remoteAddress(), client::close);
    }
}
