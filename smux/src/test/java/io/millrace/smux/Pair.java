package io.millrace.smux;

import io.netty.buffer.ByteBuf;
import java.util.Random;

/** A client and a server session joined back to back, in frozen time. */
final class Pair {
    final Endpoint client;
    final Endpoint server;

    Pair(SmuxConfig clientConfig, SmuxConfig serverConfig) {
        client = Endpoint.client(clientConfig);
        server = Endpoint.server(serverConfig);
    }

    Pair(SmuxConfig config) {
        this(config, config);
    }

    Pair(int version) {
        this(Endpoint.config(version).build());
    }

    /** Moves bytes both ways until nothing moves. */
    void exchange() {
        boolean moved;
        do {
            client.run();
            server.run();
            moved = move(client, server);
            moved |= move(server, client);
        } while (moved);
    }

    /** Moves what one side has sent. */
    static boolean move(Endpoint from, Endpoint to) {
        boolean moved = false;
        from.run();
        for (ByteBuf out = from.parent.readOutbound(); out != null; out = from.parent.readOutbound()) {
            if (to.parent.isOpen()) {
                to.parent.writeInbound(out);
            } else {
                out.release();
            }
            moved = true;
        }
        to.run();
        return moved;
    }

    void finish() {
        exchange();
        client.finish();
        server.finish();
    }

    static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
