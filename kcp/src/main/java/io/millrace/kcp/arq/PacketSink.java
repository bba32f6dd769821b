package io.millrace.kcp.arq;

/**
 * Where {@link Kcp#flush} puts packets. The core asks for room, writes segments there and says how long the packet
 * became; headers around it (FEC, crypto) are the sink's business.
 */
public interface PacketSink {
    /**
     * Begins a packet.
     *
     * @return where in {@link #array()} its body starts; at least the core's mtu bytes are free from there
     */
    int beginPacket();

    /** The array that {@link #beginPacket} spoke of; asked for after each begin. */
    byte[] array();

    /** Ends the packet begun last; {@code bodyBytes} were written. */
    void endPacket(int bodyBytes);

    /**
     * Whether another data segment may leave in this flush. Asked for each but the first; those refused stay due, and
     * the caller flushes again when it is time for them.
     *
     * @param openBytes already in the packet begun last, 0 if it is ended
     */
    default boolean takesMore(int openBytes) {
        return true;
    }
}
