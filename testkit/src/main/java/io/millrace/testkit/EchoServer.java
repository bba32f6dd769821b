package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Sends back what it gets, and the end of it too. */
public final class EchoServer extends TcpTarget {
    private static final int CHUNK_BYTES = 16_384;

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
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        int read = in.read(chunk);
        while (read >= 0) {
            out.write(chunk, 0, read);
            read = in.read(chunk);
        }
        socket.shutdownOutput();
    }
}
