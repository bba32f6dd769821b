package io.millrace.testkit;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A blocking loopback UDP socket; receiving gives up after a long time with an exception. */
final class UdpPeer implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;

    private final DatagramSocket socket;
    private final DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);

    UdpPeer() throws IOException {
        this(0);
    }

    UdpPeer(int port) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setReceiveBufferSize(4 << 20);
        socket.setSoTimeout(TIMEOUT_MS);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    void send(byte[] datagram, SocketAddress to) throws IOException {
        socket.send(new DatagramPacket(datagram, datagram.length, to));
    }

    byte[] receive() throws IOException {
        packet.setLength(packet.getData().length);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** A received datagram's first four bytes. */
    int receiveNumber() throws IOException {
        return ByteBuffer.wrap(receive()).getInt();
    }

    /** Who sent what was received last. */
    SocketAddress lastSender() {
        return packet.getSocketAddress();
    }

    @Override
    public void close() {
        socket.close();
    }

    static byte[] numbered(int number, int length) {
        byte[] datagram = new byte[length];
        ByteBuffer.wrap(datagram).putInt(number);
        return datagram;
    }
}
