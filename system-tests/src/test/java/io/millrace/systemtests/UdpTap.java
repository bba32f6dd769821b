package io.millrace.systemtests;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Between one client and a server: passes everything on, keeps some datagrams, and lets a test send as either end. */
final class UdpTap implements AutoCloseable {
    private static final int KEEP_EACH_WAY = 200;
    private static final int BUFFER_BYTES = 4 << 20;

    private final DatagramSocket front = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final DatagramSocket back = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final List<byte[]> toServer = new CopyOnWriteArrayList<>();
    private final List<byte[]> toClient = new CopyOnWriteArrayList<>();
    private final InetSocketAddress server;
    private volatile @Nullable InetSocketAddress client;

    UdpTap(InetSocketAddress server) throws IOException {
        this.server = server;
        for (DatagramSocket socket : List.of(front, back)) {
            socket.setReceiveBufferSize(BUFFER_BYTES);
        }
        start("tap to server", () -> {
            DatagramPacket packet = receive(front, toServer);
            client = (InetSocketAddress) packet.getSocketAddress();
            asClient(packet.getData(), packet.getLength());
        });
        start("tap to client", () -> {
            DatagramPacket packet = receive(back, toClient);
            asServer(packet.getData(), packet.getLength());
        });
    }

    private interface Step {
        void run() throws IOException;
    }

    private void start(String name, Step step) {
        Thread thread = new Thread(
                () -> {
                    while (!front.isClosed()) {
                        try {
                            step.run();
                        } catch (IOException e) {
                            if (back.isClosed()) {
                                return;
                            }
                        }
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static DatagramPacket receive(DatagramSocket socket, List<byte[]> keep) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        if (keep.size() < KEEP_EACH_WAY) {
            keep.add(Arrays.copyOf(packet.getData(), packet.getLength()));
        }
        return packet;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) front.getLocalSocketAddress();
    }

    /** The first datagrams of the client, as it sent them. */
    List<byte[]> fromClient() {
        return toServer;
    }

    /** The first datagrams of the server, as it sent them. */
    List<byte[]> fromServer() {
        return toClient;
    }

    /** Whether as many as are kept have come, both ways. */
    boolean isFull() {
        return toServer.size() >= KEEP_EACH_WAY && toClient.size() >= KEEP_EACH_WAY;
    }

    /** Sends from the address that the server knows the client by. */
    void asClient(byte[] bytes, int length) throws IOException {
        back.send(new DatagramPacket(bytes, length, server));
    }

    /** Sends from the address that the client knows the server by. */
    void asServer(byte[] bytes, int length) throws IOException {
        InetSocketAddress to = client;
        if (to != null) {
            front.send(new DatagramPacket(bytes, length, to));
        }
    }

    @Override
    public void close() {
        back.close();
        front.close();
    }
}
