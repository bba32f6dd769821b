package io.millrace.systemtests;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** An application's connection to a tunnel. */
final class ApplicationSocket {
    private ApplicationSocket() {}

    /** A connection on which a hang is a failure. */
    static Socket connect(InetSocketAddress entrance) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(ScriptedTarget.TIMEOUT_MS);
        socket.connect(entrance);
        return socket;
    }

    /** Ends it as a crash would. */
    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
