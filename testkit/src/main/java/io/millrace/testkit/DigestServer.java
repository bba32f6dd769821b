package io.millrace.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** Reads to the end and only then answers, with the 32 bytes of the SHA-256 of what it got: proves half-close. */
public final class DigestServer extends TcpTarget {
    public DigestServer() throws IOException {
        this(DEFAULT_MAX_CONNECTIONS);
    }

    /** At most so many connections at a time, a thread each. */
    public DigestServer(int maxConnections) throws IOException {
        super("digest-server", maxConnections);
        start();
    }

    @Override
    void serve(Socket socket) throws IOException {
        MessageDigest digest = Payload.newSha256();
        socket.getInputStream().transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        socket.getOutputStream().write(digest.digest());
        socket.shutdownOutput();
    }
}
