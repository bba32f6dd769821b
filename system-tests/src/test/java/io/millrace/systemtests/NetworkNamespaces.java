package io.millrace.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Two network namespaces with a cable between them, one for a client and one for a server. They are gone when it is closed, and
 * the host's own network is left alone. Needs Linux, root and iproute2.
 */
final class NetworkNamespaces implements AutoCloseable {
    private static final String CLIENT_IPV4 = "10.177.0.1";
    private static final String SERVER_IPV4 = "10.177.0.2";
    private static final String CLIENT_IPV6 = "fd77::1";
    private static final String SERVER_IPV6 = "fd77::2";

    private final String client = "mrc" + ProcessHandle.current().pid();
    private final String server = "mrs" + ProcessHandle.current().pid();

    NetworkNamespaces() throws IOException {
        try {
            ip("netns", "add", client);
            ip("netns", "add", server);
            ip("link", "add", client, "netns", client, "type", "veth", "peer", "name", server, "netns", server);
            prepare(client, CLIENT_IPV4, CLIENT_IPV6);
            prepare(server, SERVER_IPV4, SERVER_IPV6);
        } catch (IllegalStateException e) {
            close();
            throw e;
        }
    }

    private static void prepare(String name, String ipv4, String ipv6) throws IOException {
        ip("-n", name, "link", "set", "lo", "up");
        ip("-n", name, "link", "set", name, "up");
        ip("-n", name, "addr", "add", ipv4 + "/24", "dev", name);
        ip("-n", name, "addr", "add", ipv6 + "/64", "dev", name, "nodad");
    }

    /** Whether they can be made here. */
    static boolean arePossible() {
        try (NetworkNamespaces made = new NetworkNamespaces()) {
            return !made.client.isEmpty();
        } catch (IOException | IllegalStateException e) {
            return false;
        }
    }

    private static void ip(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (exitStatus(process) != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output);
        }
    }

    private static int exitStatus(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** What to put before a command to run it at the client's place. */
    List<String> atClient() {
        return List.of("nsenter", "--net=/run/netns/" + client);
    }

    List<String> atServer() {
        return List.of("nsenter", "--net=/run/netns/" + server);
    }

    InetAddress serverAddress(boolean ipv4) throws UnknownHostException {
        return InetAddress.getByName(ipv4 ? SERVER_IPV4 : SERVER_IPV6);
    }

    /** A counter of the kernel's own TCP in the namespace of a process, such as {@code OutSegs}. */
    static long tcpCounter(long pid, String name) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", "snmp")).stream()
                .filter(line -> line.startsWith("Tcp:"))
                .toList();
        int column = Arrays.asList(lines.get(0).split(" ", -1)).indexOf(name);
        return Long.parseLong(lines.get(1).split(" ", -1)[column]);
    }

    @Override
    public void close() {
        for (String name : List.of(client, server)) {
            try {
                ip("netns", "del", name);
            } catch (IOException | IllegalStateException e) {
                System.err.println("network namespace " + name + " is left: " + e.getMessage());
            }
        }
    }
}
