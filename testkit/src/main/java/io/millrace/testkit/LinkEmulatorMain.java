package io.millrace.testkit;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs a {@link LinkEmulator} from the command line, for the demo and for tries by hand. Prints one line when it is ready and the
 * counters as a JSON line on SIGTERM; bad input ends it with one line on standard error and status 2.
 */
public final class LinkEmulatorMain {
    private static final int EXIT_BAD_INPUT = 2;

    private LinkEmulatorMain() {}

    public static void main(String[] args) throws InterruptedException {
        if (Arrays.asList(args).contains("--help")) {
            System.out.print(EmulatorFlags.USAGE);
            return;
        }
        EmulatorFlags flags;
        LinkEmulator emulator;
        try {
            flags = EmulatorFlags.parse(args);
            emulator = start(flags);
        } catch (IllegalArgumentException e) {
            System.err.println("link-emulator: " + e.getMessage());
            System.exit(EXIT_BAD_INPUT);
            return;
        }
        CountDownLatch ending = new CountDownLatch(1);
        Thread report = new Thread(
                () -> {
                    ending.countDown();
                    emulator.close(); // so that what was relayed last is counted
                    System.out.println(emulator.countersJson());
                    System.out.flush();
                },
                "final-report");
        Runtime.getRuntime().addShutdownHook(report);
        System.out.println("link-emulator: " + HostPort.format(emulator.address()) + " -> "
                + HostPort.format(flags.target) + ", seed " + flags.seed);
        long everyS = flags.reportEveryS == 0 ? Long.MAX_VALUE : flags.reportEveryS;
        while (!ending.await(everyS, TimeUnit.SECONDS)) {
            System.out.println(emulator.countersJson());
        }
    }

    private static LinkEmulator start(EmulatorFlags flags) {
        try {
            return LinkEmulator.builder(flags.target)
                    .listen(flags.listen)
                    .toTarget(flags.toTarget)
                    .toClient(flags.toClient)
                    .seed(flags.seed)
                    .start();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--listen " + HostPort.format(flags.listen) + " cannot be bound: " + e.getMessage(), e);
        }
    }
}
