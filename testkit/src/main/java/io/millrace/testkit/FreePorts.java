package io.millrace.testkit;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Ports for programs that must be told theirs. They are taken from below the kernel's own range (so that no outgoing connection
 * takes one meanwhile), each process starts at a place of its own, no port is given twice until all were, and each is tried
 * before it is given. Any thread.
 */
public final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int COUNT = 22_000;
    private static final int PER_PROCESS = 100;

    private static int next = Math.floorMod(ProcessHandle.current().pid() * PER_PROCESS, COUNT);

    private FreePorts() {}

    /** A port that is free for TCP and for UDP on all addresses. */
    public static synchronized int next() {
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + next;
            next = (next + 1) % COUNT;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + (FIRST + COUNT - 1));
    }

    /**
     * The first of so many ports in a row that are free as those of {@link #next}.
     *
     * @param count 1..1000
     */
    public static synchronized int range(int count) {
        int first = next();
        int last = first;
        for (int i = 0; i < COUNT && last - first < count - 1; i++) {
            int port = next();
            if (port != last + 1) {
                first = port;
            }
            last = port;
        }
        return first;
    }

    private static boolean isFree(int port) {
        try (ServerSocket tcp = new ServerSocket();
                DatagramSocket udp = new DatagramSocket(null)) {
            tcp.bind(new InetSocketAddress(port));
            udp.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
