package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.MessageDigest;

/** Reads to the end and only then answers, with the 32 bytes of the SHA-256 of what it got: proves half-close. */
public final class DigestServer extends TcpTarget {
    private static final int CHUNK_BYTES = 16_384;

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
        InputStream in = socket.getInputStream();
        MessageDigest digest = Payload.newSha256();
        byte[] chunk = new byte[CHUNK_BYTES];
        int read = in.read(chunk);
        while (read >= 0) {
            digest.update(chunk, 0, read);
            read = in.read(chunk);
        }
        socket.getOutputStream().write(digest.digest());
        socket.shutdownOutput();
    }
}
