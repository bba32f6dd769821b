package io.millrace.systemtests;

/** The FEC numbers of client and server. */
enum Shards {
    OFF("0/0", "0/0"),
    TEN_THREE("10/3", "10/3"),
    THREE_TWO("3/2", "3/2"),
    UNEVEN("10/3", "3/2"),
    ONLY_SERVER("0/0", "3/2"),
    ONLY_CLIENT("3/2", "0/0");

    private final String client;
    private final String server;

    Shards(String client, String server) {
        this.client = client;
        this.server = server;
    }

    /**
     * Whether these ends can have these numbers: a kcptun of 2021 corrupts data when it gets FEC packets with other
     * numbers than its own, so unequal ones need our end to send none. spec: kcp 3.5
     */
    boolean fit(Peers peers) {
        return switch (this) {
            case OFF, TEN_THREE, THREE_TWO -> true;
            case UNEVEN -> peers == Peers.JAVA_TO_JAVA;
            case ONLY_SERVER -> !peers.goClient();
            case ONLY_CLIENT -> !peers.goServer();
        };
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
