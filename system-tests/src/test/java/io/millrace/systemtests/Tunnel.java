package io.millrace.systemtests;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.testkit.GoKcptun;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.LinkEmulator;
import io.millrace.testkit.LinkProfile;
import io.millrace.tunnel.client.TunnelClient;
import io.millrace.tunnel.server.TunnelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running client and server: ours inside this JVM, kcptun as a process; with an emulated link between them if wished. */
final class Tunnel implements AutoCloseable {
    private final TunnelCase settings;
    private final InetSocketAddress target;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private @Nullable TunnelClient javaClient;
    private @Nullable TunnelServer javaServer;
    private @Nullable LinkEmulator link;
    private @Nullable InetSocketAddress entrance;

    private Tunnel(TunnelCase settings, InetSocketAddress target) {
        this.settings = settings;
        this.target = target;
    }

    /**
     * Starts both ends, straight to each other.
     *
     * @param extra flags for both
     */
    static Tunnel start(TunnelCase settings, InetSocketAddress target, String... extra) throws IOException {
        Tunnel tunnel = new Tunnel(settings, target);
        tunnel.startClient(tunnel.startServer(extra), extra);
        return tunnel;
    }

    /** Starts both ends, straight to each other, with flags for one of them. */
    static Tunnel start(
            TunnelCase settings, InetSocketAddress target, List<String> clientFlags, List<String> serverFlags)
            throws IOException {
        Tunnel tunnel = new Tunnel(settings, target);
        tunnel.startClient(tunnel.startServer(serverFlags.toArray(String[]::new)), clientFlags.toArray(String[]::new));
        return tunnel;
    }

    /** Starts both ends with a link between them. */
    static Tunnel start(TunnelCase settings, InetSocketAddress target, LinkProfile profile, long seed, String... extra)
            throws IOException {
        Tunnel tunnel = new Tunnel(settings, target);
        LinkEmulator emulator = LinkEmulator.builder(tunnel.startServer(extra))
                .profile(profile)
                .seed(seed)
                .start();
        tunnel.parts.push(emulator);
        tunnel.link = emulator;
        tunnel.startClient(emulator.address(), extra);
        return tunnel;
    }

    private InetSocketAddress startServer(String... extra) throws IOException {
        String[] flags = with(settings.serverFlags(), extra);
        if (settings.peers().goServer()) {
            GoKcptun server =
                    GoKcptun.server(target).key(TunnelCase.KEY).args(flags).start();
            parts.push(server);
            return server.address();
        }
        List<String> all = new ArrayList<>(List.of("--listen", "127.0.0.1:0", "--target", HostPort.format(target)));
        Collections.addAll(all, "--key", TunnelCase.KEY);
        TunnelServer server = TunnelServer.start(ServerCommand.config(with(all, flags)));
        parts.push(server);
        javaServer = server;
        return server.localAddress();
    }

    private void startClient(InetSocketAddress remote, String... extra) throws IOException {
        String[] flags = with(settings.clientFlags(), extra);
        if (settings.peers().goClient()) {
            GoKcptun client =
                    GoKcptun.client(remote).key(TunnelCase.KEY).args(flags).start();
            parts.push(client);
            entrance = client.address();
            return;
        }
        List<String> all =
                new ArrayList<>(List.of("--localaddr", "127.0.0.1:0", "--remoteaddr", HostPort.format(remote)));
        Collections.addAll(all, "--key", TunnelCase.KEY);
        TunnelClient client = TunnelClient.start(ClientCommand.config(with(all, flags)));
        parts.push(client);
        javaClient = client;
        entrance = (InetSocketAddress) client.localAddress();
    }

    private static String[] with(List<String> flags, String... more) {
        List<String> all = new ArrayList<>(flags);
        Collections.addAll(all, more);
        return all.toArray(String[]::new);
    }

    /** Where applications connect to. */
    InetSocketAddress entrance() {
        if (entrance == null) {
            throw new IllegalStateException("not started");
        }
        return entrance;
    }

    /** Stops our client as SIGTERM does; the server goes on. */
    void stopClient() {
        stop(javaClient);
    }

    /** Stops our server as SIGTERM does; the client goes on. */
    void stopServer() {
        stop(javaServer);
    }

    private void stop(@Nullable AutoCloseable part) {
        if (part == null || !parts.remove(part)) {
            throw new IllegalStateException("not ours, or stopped before");
        }
        try {
            part.close();
        } catch (Exception e) {
            throw new IllegalStateException("stopping failed", e);
        }
    }

    /** The link between the ends. */
    LinkEmulator link() {
        if (link == null) {
            throw new IllegalStateException("started without a link");
        }
        return link;
    }

    /** Stops what was started last first. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failure = new IOException("stopping failed", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
