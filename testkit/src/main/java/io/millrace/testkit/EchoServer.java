package io.millrace.testkit;

import java.io.IOException;
import java.net.Socket;

/** Sends back what it gets, and the end of it too. */
public final class EchoServer extends TcpTarget {
    public EchoServer() throws IOException {
        this(DEFAULT_MAX_CONNECTIONS);
    }

    /** At most so many connections at a time, a thread each. */
    public EchoServer(int maxConnections) throws IOException {
        super("echo-server", maxConnections);
        start();
    }

    @Override
    void serve(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
        socket.shutdownOutput();
    }
}
