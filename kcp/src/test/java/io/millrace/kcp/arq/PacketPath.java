package io.millrace.kcp.arq;

import java.util.Arrays;
import java.util.function.Consumer;

/** What lies between a core and the wire at one end: FEC and crypto, or nothing. */
interface PacketPath {
    /** Takes KCP bytes out of a datagram. */
    interface Input {
        void accept(byte[] bytes, int offset, int length, Kcp.InputKind kind);
    }

    /** Makes datagrams of one KCP packet. */
    void send(byte[] packet, int offset, int length, int nowMs, Consumer<byte[]> wire);

    void receive(byte[] datagram, Input kcp);

    /** Gives buffers back. */
    default void close() {}

    /** The {@code null} cipher without FEC: a datagram is a KCP packet. */
    static PacketPath bare() {
        return new PacketPath() {
            @Override
            public void send(byte[] packet, int offset, int length, int nowMs, Consumer<byte[]> wire) {
                wire.accept(Arrays.copyOfRange(packet, offset, offset + length));
            }

            @Override
            public void receive(byte[] datagram, Input kcp) {
                kcp.accept(datagram, 0, datagram.length, Kcp.InputKind.DIRECT);
            }
        };
    }
}
