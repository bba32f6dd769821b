package io.millrace.testkit;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A running {@code kcptun-client} or {@code kcptun-server} of Debian's package kcptun: the other end in interoperability
 * tests. It listens, on loopback unless told otherwise, once {@link Builder#start} returns. Its JSON file would override flags
 * (spec: tunnel 1.4), so it is driven by flags alone.
 */
public final class GoKcptun extends RunningProgram {
    private static final String CLIENT = "kcptun-client";
    private static final String SERVER = "kcptun-server";
    private static final String KEY_VARIABLE = "KCPTUN_KEY";
    private static final long START_TIMEOUT_MS = 30_000;

    private final InetSocketAddress address;

    private GoKcptun(ProgramProcess process, InetSocketAddress address) {
        super(process);
        this.address = address;
    }

    /** A client that carries TCP connections on its own port to a server's UDP address. */
    public static Builder client(InetSocketAddress remote) {
        return new Builder(CLIENT, "--localaddr", "--remoteaddr", remote);
    }

    /** A server that carries them on to a TCP target. */
    public static Builder server(InetSocketAddress target) {
        return new Builder(SERVER, "--listen", "--target", target);
    }

    /** Fails, never skips, where the package is missing. */
    public static void requireInstalled() {
        for (String program : List.of(CLIENT, SERVER)) {
            if (!isOnPath(program)) {
                throw new IllegalStateException(program + " is not on the PATH; run: apt-get install kcptun");
            }
        }
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv("PATH");
        return path != null
                && Pattern.compile(Pattern.quote(File.pathSeparator))
                        .splitAsStream(path)
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Where it listens: TCP for a client, UDP for a server. */
    public InetSocketAddress address() {
        return address;
    }

    public int port() {
        return address.getPort();
    }

    /** What a program is started with. */
    public static final class Builder {
        private final String program;
        private final String listenFlag;
        private final String peerFlag;
        private final InetSocketAddress peer;
        private final List<String> extra = new ArrayList<>();
        private final Map<String, String> environment = new TreeMap<>();
        private final List<String> prefix = new ArrayList<>();
        private InetAddress host = InetAddress.getLoopbackAddress();
        private @Nullable Integer port;

        private Builder(String program, String listenFlag, String peerFlag, InetSocketAddress peer) {
            this.program = program;
            this.listenFlag = listenFlag;
            this.peerFlag = peerFlag;
            this.peer = peer;
        }

        /** Default: a free one of {@link FreePorts}. */
        public Builder port(int listenPort) {
            port = listenPort;
            return this;
        }

        /** Where it listens; default: loopback. */
        public Builder host(InetAddress listenHost) {
            host = listenHost;
            return this;
        }

        /** A command that starts it, such as {@code nsenter}; it must become the program, not its parent. */
        public Builder by(List<String> command) {
            prefix.addAll(command);
            return this;
        }

        /** The pre-shared secret, handed over in the environment; default: kcptun's own. */
        public Builder key(String secret) {
            environment.put(KEY_VARIABLE, secret);
            return this;
        }

        /** Further flags, such as {@code "--crypt", "none", "--nocomp"}. */
        public Builder args(String... flags) {
            Collections.addAll(extra, flags);
            return this;
        }

        /** Starts it and waits until it listens. */
        public GoKcptun start() {
            requireInstalled();
            int listenPort = port != null ? port : FreePorts.next();
            InetSocketAddress address = new InetSocketAddress(host, listenPort);
            List<String> command = new ArrayList<>(prefix);
            Collections.addAll(command, program, listenFlag, HostPort.format(address), peerFlag, HostPort.format(peer));
            command.addAll(extra);
            boolean tcp = program.equals(CLIENT);
            ProgramProcess process = new ProgramProcess(program, command, environment);
            process.awaitReady(
                    "listening on port " + listenPort,
                    () -> tcp
                            ? ListeningPorts.isTcpListening(process.process(), listenPort)
                            : ListeningPorts.isUdpBound(process.process(), listenPort),
                    START_TIMEOUT_MS);
            return new GoKcptun(process, address);
        }
    }
}
