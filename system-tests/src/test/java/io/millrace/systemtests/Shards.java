package io.millrace.systemtests;

import java.util.List;

/**
 * The FEC numbers of client and server; any may meet, a kcptun of 2021 included.
 *
 * @param client data and parity shards, as in {@code 10/3}; 0/0 is off
 * @param server likewise
 */
record Shards(String client, String server) {
    static final Shards OFF = of("0/0", "0/0");
    static final Shards TEN_THREE = of("10/3", "10/3");
    static final Shards THREE_TWO = of("3/2", "3/2");
    private static final Shards UNEVEN = of("10/3", "3/2");
    private static final Shards ONLY_SERVER = of("0/0", "3/2");
    private static final Shards ONLY_CLIENT = of("3/2", "0/0");

    static Shards of(String client, String server) {
        return new Shards(client, server);
    }

    /** Those of the matrix. */
    static List<Shards> all() {
        return List.of(OFF, TEN_THREE, THREE_TWO, UNEVEN, ONLY_SERVER, ONLY_CLIENT);
    }

    Shards swapped() {
        return of(server, client);
    }

    String[] clientFlags() {
        return flags(client);
    }

    String[] serverFlags() {
        return flags(server);
    }

    private static String[] flags(String numbers) {
        int slash = numbers.indexOf('/');
        return new String[] {"--datashard", numbers.substring(0, slash), "--parityshard", numbers.substring(slash + 1)};
    }

    @Override
    public String toString() {
        return client.equals(server) ? "FEC " + client : "FEC " + client + " | " + server;
    }
}
