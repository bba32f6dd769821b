package io.millrace.tunnel.server;

import io.millrace.config.Outcome;
import io.millrace.config.ServerCommand;
import io.millrace.config.ServerConfig;
import io.millrace.tunnel.session.Daemon;

/** The server program. */
public final class ServerMain {
    private ServerMain() {}

    /** Runs until the process is told to stop; {@code -h} tells how to use it. */
    public static void main(String[] args) {
        Outcome<ServerConfig> outcome = ServerCommand.parse(args, System.getenv());
        Daemon.run(outcome, config -> config.tunnel().log(), ServerConfig::effective, ServerMain::start);
    }

    private static Daemon.Running start(ServerConfig config) throws java.io.IOException {
        TunnelServer server = TunnelServer.start(config);
        return new Daemon.Running(
                "listening on " + server.localAddress() + "/udp, target " + config.targets(), server::close);
    }
}
