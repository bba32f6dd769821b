package io.millrace.systemtests;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@link ExchangeServer} and {@link ExchangeClient} as programs, to be run where this process is not: {@code serve PORT} until
 * it is killed, {@code exchange PORT SEED} once. Both on loopback; each prints a line when it is ready or done.
 */
final class ExchangeMain {
    static final String SERVING = "serving";
    static final String DONE = "all exchanged";
    private static final int BULK_BYTES = 4 << 20;
    private static final int STREAMS = 10;

    private ExchangeMain() {}

    public static void main(String[] args) throws InterruptedException {
        int port = Integer.parseInt(args[1]);
        if (args[0].equals("serve")) {
            new ExchangeServer(port, 1);
            System.out.println(SERVING);
            Thread.currentThread().join();
        }
        long seed = Long.parseLong(args[2]);
        Map<String, Exchange> exchanges = new LinkedHashMap<>();
        exchanges.put("bulk", new Exchange(seed, BULK_BYTES, BULK_BYTES, 32_768));
        for (int i = 1; i <= STREAMS; i++) {
            exchanges.put("stream " + i, new Exchange(seed + i, 10_000L * i, 1_000L * i, 700));
        }
        new ExchangeClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)).runAll(exchanges);
        System.out.println(DONE);
        System.exit(0);
    }
}
