package io.millrace.testkit;

import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The command line of {@link LinkEmulatorMain}. */
final class EmulatorFlags {
    static final String USAGE = """
            usage: LinkEmulatorMain --listen HOST:PORT --target HOST:PORT [flags]
            A UDP relay that behaves like a bad link. Flags take "--flag value" or "--flag=value".
              --delay-ms MS            one-way delay
              --jitter-ms MS           the delay varies evenly by up to this much either way
              --jitter-reorders BOOL   whether jitter may change the order (false)
              --reorder P              share of datagrams held back, 0 to 1
              --reorder-delay-ms MS    by how much (10)
              --loss P                 share lost at random, 0 to 1
              --burst-loss P           share lost in bursts, 0 to below 1
              --burst-packets N        mean length of a burst (5)
              --duplicate P            share delivered twice, 0 to 1
              --corrupt P              share with flipped bits, 0 to 1
              --rate-mbit R            rate limit in Mbit/s, IP and UDP headers counted
              --queue-bytes N          the rate limit's queue in bytes
              --queue-packets N        the rate limit's queue in datagrams (1000)
              --mtu BYTES              larger datagrams (UDP payload) are dropped
              --blackout-ms FROM-TO    drop everything from FROM to TO ms after the start; may be repeated
            The flags above are for both directions; --up-... is towards the target only, --down-... towards the clients only.
              --seed N                 every choice follows from it (0)
              --report-every-s S       print the counters as a JSON line so often; 0 only at the end (0)
            SIGTERM or SIGINT ends it and prints the counters.
            """;

    final InetSocketAddress listen;
    final InetSocketAddress target;
    final LinkProfile toTarget;
    final LinkProfile toClient;
    final long seed;
    final long reportEveryS;

    private EmulatorFlags(Parser parser) {
        if (parser.listen == null || parser.target == null) {
            throw new IllegalArgumentException(
                    (parser.listen == null ? "--listen" : "--target") + " is missing, must be HOST:PORT");
        }
        listen = parser.listen;
        target = parser.target;
        toTarget = parser.up.build();
        toClient = parser.down.build();
        seed = parser.seed;
        reportEveryS = parser.reportEveryS;
    }

    /** Throws an IllegalArgumentException whose message names flag, value and what is allowed. */
    static EmulatorFlags parse(String... args) {
        Parser parser = new Parser();
        for (int i = 0; i < args.length; i++) {
            String flag = args[i];
            int equals = flag.indexOf('=');
            if (!flag.startsWith("--")) {
                throw new IllegalArgumentException("\"" + flag + "\" is not a flag; see --help");
            }
            if (equals >= 0) {
                parser.set(flag.substring(0, equals), flag.substring(equals + 1));
            } else if (i + 1 < args.length) {
                parser.set(flag, args[++i]);
            } else {
                throw new IllegalArgumentException(flag + " needs a value; see --help");
            }
        }
        return new EmulatorFlags(parser);
    }

    private static final class Parser {
        private final Direction up = new Direction();
        private final Direction down = new Direction();
        private @Nullable InetSocketAddress listen;
        private @Nullable InetSocketAddress target;
        private long seed;
        private long reportEveryS;

        void set(String flag, String value) {
            switch (flag) {
                case "--listen" -> listen = HostPort.parse(flag, value);
                case "--target" -> target = HostPort.parse(flag, value);
                case "--seed" -> seed = number(flag, value);
                case "--report-every-s" -> reportEveryS = natural(flag, value);
                default -> setLink(flag, value);
            }
        }

        private void setLink(String flag, String value) {
            if (flag.startsWith("--up-")) {
                up.set(flag, flag.substring("--up-".length()), value);
            } else if (flag.startsWith("--down-")) {
                down.set(flag, flag.substring("--down-".length()), value);
            } else {
                up.set(flag, flag.substring("--".length()), value);
                down.set(flag, flag.substring("--".length()), value);
            }
        }
    }

    private static final class Direction {
        private final LinkProfile.Builder profile = LinkProfile.builder();
        private double reorder;
        private double reorderDelayMs = 10;
        private double burstLoss;
        private double burstPackets = 5;

        void set(String flag, String name, String value) {
            try {
                setUnchecked(flag, name, value);
                profile.build();
            } catch (IllegalArgumentException e) {
                String message = String.valueOf(e.getMessage());
                throw new IllegalArgumentException(message.startsWith("--") ? message : flag + ": " + message, e);
            }
        }

        private void setUnchecked(String flag, String name, String value) {
            switch (name) {
                case "delay-ms" -> profile.delayMs(decimal(flag, value));
                case "jitter-ms" -> profile.jitterMs(decimal(flag, value));
                case "jitter-reorders" -> profile.jitterReorders(bool(flag, value));
                case "reorder" -> reorder = probability(flag, value);
                case "reorder-delay-ms" -> reorderDelayMs = decimal(flag, value);
                case "loss" -> profile.lossProbability(decimal(flag, value));
                case "burst-loss" -> burstLoss = probability(flag, value);
                case "burst-packets" -> burstPackets = decimal(flag, value);
                case "duplicate" -> profile.duplicateProbability(decimal(flag, value));
                case "corrupt" -> profile.corruptProbability(decimal(flag, value));
                case "rate-mbit" -> profile.rateBitsPerSecond(decimal(flag, value) * 1e6);
                case "queue-bytes" -> profile.queueBytes(natural(flag, value));
                case "queue-packets" -> profile.queuePackets((int) Math.min(natural(flag, value), Integer.MAX_VALUE));
                case "mtu" -> profile.mtuBytes((int) Math.min(natural(flag, value), Integer.MAX_VALUE));
                case "blackout-ms" -> blackout(flag, value);
                default -> throw new IllegalArgumentException(flag + " is not a known flag; see --help");
            }
        }

        private void blackout(String flag, String value) {
            int dash = value.indexOf('-');
            if (dash < 0) {
                throw new IllegalArgumentException(flag + " is \"" + value + "\", must be FROM-TO in milliseconds");
            }
            profile.blackoutMs(natural(flag, value.substring(0, dash)), natural(flag, value.substring(dash + 1)));
        }

        LinkProfile build() {
            // which two flags gave the value is known only now: they come in any order
            if (!(burstPackets >= 1 && burstLoss < 1 && burstLoss <= burstPackets * (1 - burstLoss))) {
                throw new IllegalArgumentException("--burst-loss " + burstLoss + " with --burst-packets " + burstPackets
                        + " is impossible, --burst-packets must be at least 1 and at least loss / (1 - loss)");
            }
            if (!(reorderDelayMs >= 0 && reorderDelayMs <= 86_400_000)) {
                throw new IllegalArgumentException(
                        "--reorder-delay-ms is " + reorderDelayMs + ", must be 0 to 86400000");
            }
            if (reorder > 0) {
                profile.reorder(reorder, reorderDelayMs);
            }
            if (burstLoss > 0) {
                profile.burstLossShare(burstLoss, burstPackets);
            }
            return profile.build();
        }
    }

    private static double decimal(String flag, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(flag + " is \"" + value + "\", must be a decimal number", e);
        }
    }

    private static double probability(String flag, String value) {
        double probability = decimal(flag, value);
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(flag + " is " + value + ", must be 0 to 1");
        }
        return probability;
    }

    private static long number(String flag, String value) {
        try {
            return Long.decode(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(flag + " is \"" + value + "\", must be a whole number", e);
        }
    }

    private static long natural(String flag, String value) {
        long number = number(flag, value);
        if (number < 0) {
            throw new IllegalArgumentException(flag + " is " + value + ", must be 0 or more");
        }
        return number;
    }

    private static boolean bool(String flag, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(flag + " is \"" + value + "\", must be true or false");
        };
    }
}
