package io.millrace.tunnel.server;

import io.millrace.config.HostPorts;
import io.millrace.config.Outcome;
import io.millrace.config.ServerCommand;
import io.millrace.config.ServerConfig;
import io.millrace.tunnel.net.AddressText;
import io.millrace.tunnel.session.Daemon;

/** The server program. */
public final class ServerMain {
    private ServerMain() {}

    /** Runs until the process is told to stop; {@code -h} tells how to use it. */
    public static void main(String[] args) {
        Daemon.forgetAddressesSoon();
        Outcome<ServerConfig> outcome = ServerCommand.parse(args, System.getenv());
        Daemon.run(outcome, ServerConfig::tunnel, ServerConfig::effective, ServerMain::start);
    }

    private static String listening(TunnelServer server, HostPorts ports) {
        return AddressText.of(server.localAddress())
                + (ports.count() == 1 ? "" : "-" + ports.ports().last());
    }

    private static Daemon.Running start(ServerConfig config) throws java.io.IOException {
        TunnelServer server = TunnelServer.start(config);
        return new Daemon.Running(
                "listening on " + listening(server, config.listenAddress())
                        + (config.tunnel().udp().tcp() ? "/udp and tcp" : "/udp") + ", target " + config.targets(),
                server.counters(),
                server::close);
    }
}
