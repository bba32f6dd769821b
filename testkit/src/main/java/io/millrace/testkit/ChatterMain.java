package io.millrace.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A light, steady load for soak tests: {@code ENTRANCE SECONDS CONNECTIONS}. It serves as the target (whose address is
 * its first line) and as the applications: so many connections at all times, each with four small messages a second that must
 * come back. One in eight lives to the end, the others for some seconds or minutes. The last line says what happened; the exit
 * status is 1 if a connection did not end in order.
 */
public final class ChatterMain {
    private static final int EXIT_BAD_INPUT = 2;
    private static final int TIMEOUT_MS = 30_000;
    private static final long MESSAGE_EVERY_NS = 250 * VirtualClock.NS_PER_MS;
    private static final int MESSAGE_BYTES = 100;
    private static final int MIN_LIFE_S = 5;
    private static final int MAX_LIFE_S = 150;
    private static final int LIFELONG_ONE_IN = 8;

    private final InetSocketAddress entrance;
    private final long endNs;
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong cut = new AtomicLong();

    private ChatterMain(InetSocketAddress entrance, int seconds) {
        this.entrance = entrance;
        this.endNs = System.nanoTime() + seconds * 1000L * VirtualClock.NS_PER_MS;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        try {
            if (args.length != 3) {
                throw new IllegalArgumentException("three arguments are needed: ENTRANCE SECONDS CONNECTIONS");
            }
            InetSocketAddress entrance = HostPort.parse("ENTRANCE", args[0]);
            System.exit(run(entrance, positive("SECONDS", args[1]), positive("CONNECTIONS", args[2])));
        } catch (IllegalArgumentException e) {
            System.err.println("chatter: " + e.getMessage());
            System.exit(EXIT_BAD_INPUT);
        }
    }

    private static int positive(String name, String value) {
        int number;
        try {
            number = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            number = 0;
        }
        if (number < 1) {
            throw new IllegalArgumentException(name + " is \"" + value + "\", must be an integer above 0");
        }
        return number;
    }

    private static int run(InetSocketAddress entrance, int seconds, int connections)
            throws IOException, InterruptedException {
        try (EchoServer target = new EchoServer(2 * connections)) {
            System.out.println("target " + HostPort.format(target.address()));
            awaitListening(entrance);
            ChatterMain chatter = new ChatterMain(entrance, seconds);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int seat = i;
                Thread thread = new Thread(() -> chatter.keepSeat(seat), "chatter-" + seat);
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.println("connections " + chatter.connections + ", messages " + chatter.messages
                    + ", not ended in order " + chatter.cut);
            return chatter.cut.get() == 0 ? 0 : 1;
        }
    }

    private static void awaitListening(InetSocketAddress entrance) {
        long limitNs = System.nanoTime() + TIMEOUT_MS * VirtualClock.NS_PER_MS;
        while (!ListeningPorts.isTcpListening(entrance.getPort()) && System.nanoTime() - limitNs < 0) {
            LockSupport.parkNanos(MESSAGE_EVERY_NS);
        }
    }

    private void keepSeat(int seat) {
        SplittableRandom random = new SplittableRandom(seat);
        while (System.nanoTime() - endNs < 0) {
            long lifeNs = random.nextInt(MIN_LIFE_S, MAX_LIFE_S) * 1000L * VirtualClock.NS_PER_MS;
            long untilNs = seat % LIFELONG_ONE_IN == 0 ? endNs : Math.min(endNs, System.nanoTime() + lifeNs);
            connections.incrementAndGet();
            try {
                converse(untilNs);
            } catch (IOException e) {
                cut.incrementAndGet();
                System.out.println("a connection did not end in order: " + e);
                LockSupport.parkNanos(MESSAGE_EVERY_NS); // no busy loop against an entrance that refuses
            }
        }
    }

    private void converse(long untilNs) throws IOException {
        byte[] sent = new byte[MESSAGE_BYTES];
        byte[] received = new byte[MESSAGE_BYTES];
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(entrance, TIMEOUT_MS);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (System.nanoTime() - untilNs < 0) {
                sent[0]++;
                out.write(sent);
                in.readFully(received);
                if (received[0] != sent[0]) {
                    throw new IOException("message " + sent[0] + " came back as " + received[0]);
                }
                messages.incrementAndGet();
                LockSupport.parkNanos(MESSAGE_EVERY_NS);
            }
            socket.shutdownOutput();
            if (in.read() >= 0) {
                throw new IOException("more came back than was sent");
            }
        }
    }
}
