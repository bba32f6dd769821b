package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.HostPort;
import io.millrace.testkit.JavaProgram;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/**
 * The first packet of a session, from one address after the other, as whoever has recorded one can send it without the key.
 * The sessions that it begins must not take all of a small heap. spec: kcp 6.2
 */
class SessionFloodIT {
    private static final long TIMEOUT_MS = 60_000;
    private static final int SENDERS = 30_000;
    /** So many can get a port of one address. */
    private static final int SENDERS_OF_ADDRESS = 10_000;

    private static final byte CMD_PUSH = 81;
    private static final byte SMUX_VERSION = 2;

    /** Without a cipher: conv, cmd, frg, wnd, ts, sn, una, len and a byte. spec: kcp 1.6 */
    private static byte[] firstPacket(int conv) {
        return ByteBuffer.allocate(25)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(conv)
                .put(CMD_PUSH)
                .put((byte) 0)
                .putShort((short) 128)
                .putInt(1)
                .putInt(0)
                .putInt(0)
                .putInt(1)
                .put(SMUX_VERSION)
                .array();
    }

    private static void flood(InetSocketAddress server) throws IOException {
        for (int i = 0; i < SENDERS; i++) {
            InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + i / SENDERS_OF_ADDRESS)});
            try (DatagramSocket sender = new DatagramSocket(0, from)) {
                byte[] packet = firstPacket(i);
                sender.send(new DatagramPacket(packet, packet.length, server));
            }
        }
    }

    private static void assertEchoed(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        assertThat(socket.getInputStream().read()).isEqualTo(value);
    }

    @Test
    void doesNotEndTheServer() throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ScriptedTarget target =
                        new ScriptedTarget(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
                JavaProgram server = Programs.server()
                        .jvmFlags("-Xmx32m")
                        .args("--listen", "127.0.0.1:" + udp, "--target", HostPort.format(target.address()))
                        .args("--crypt", "null", "--datashard", "0")
                        .start()) {
            server.awaitUdpBound(udp, Programs.START_TIMEOUT_MS);
            try (JavaProgram client = Programs.startClient(
                            entrance.getPort(), Programs.loopback(udp), "--crypt", "null", "--datashard", "0");
                    Socket before = ApplicationSocket.connect(entrance)) {
                assertEchoed(before, 1);
                flood(Programs.loopback(udp));
                server.awaitLine("a new session from .* was refused.*: there are as many as allowed", TIMEOUT_MS);
                assertEchoed(before, 2);
                assertThat(client.log()).doesNotContain("session closed");
                assertThat(server.log()).doesNotContain("ERROR", "OutOfMemory");
            }
        }
    }
}
