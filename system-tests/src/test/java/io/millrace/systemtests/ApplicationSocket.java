package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

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

    /** Waits until the tunnel resets the connection; an end in order, or data, is a failure. */
    static void awaitReset(Socket socket) throws IOException {
        socket.setSoTimeout(ScriptedTarget.TIMEOUT_MS);
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    /** Ends it as a crash would. */
    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
