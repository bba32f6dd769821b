package io.millrace.testkit;

import java.io.IOException;
import java.net.Socket;

/** Sends a payload to whoever connects, reads nothing, and closes. */
public final class SourceServer extends TcpTarget {
    private final Payload payload;

    public SourceServer(Payload payload) throws IOException {
        this(payload, DEFAULT_MAX_CONNECTIONS);
    }

    /** At most so many connections at a time, a thread each. */
    public SourceServer(Payload payload, int maxConnections) throws IOException {
        super("source-server", maxConnections);
        this.payload = payload;
        start();
    }

    @Override
    void serve(Socket socket) throws IOException {
        payload.writeTo(socket.getOutputStream());
        socket.shutdownOutput();
    }
}
