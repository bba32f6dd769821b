package io.millrace.systemtests;

import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The two runnable jars as processes, the key in the environment as it should be. */
final class Programs {
    static final long START_TIMEOUT_MS = 60_000;
    static final String SMALL_HEAP = "-Xmx128m";

    private Programs() {}

    /** The client's jar, with SMALL_HEAP; not started. */
    static JavaProgram.Builder client() {
        return program("millrace.client.jar");
    }

    static JavaProgram.Builder server() {
        return program("millrace.server.jar");
    }

    private static JavaProgram.Builder program(String property) {
        String value = System.getProperty(property);
        if (value == null || !Files.isRegularFile(Path.of(value))) {
            throw new IllegalStateException(
                    property + " is " + value + ", which is no file; the jar is made in the package phase");
        }
        return JavaProgram.jar(Path.of(value))
                .jvmFlags(SMALL_HEAP, "-XX:+ExitOnOutOfMemoryError")
                .environment("KCPTUN_KEY", TunnelCase.KEY);
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** A server on a port of 127.0.0.1, started and bound. */
    static JavaProgram startServer(int port, InetSocketAddress target, String... flags) {
        JavaProgram server = server().args("--listen", "127.0.0.1:" + port, "--target", HostPort.format(target))
                .args(flags)
                .start();
        server.awaitUdpBound(port, START_TIMEOUT_MS);
        return server;
    }

    /** A client on a port of 127.0.0.1, started and listening. */
    static JavaProgram startClient(int port, InetSocketAddress remote, String... flags) {
        JavaProgram client = client().args("--localaddr", "127.0.0.1:" + port, "--remoteaddr", HostPort.format(remote))
                .args(flags)
                .start();
        client.awaitTcpListening(port, START_TIMEOUT_MS);
        return client;
    }
}
