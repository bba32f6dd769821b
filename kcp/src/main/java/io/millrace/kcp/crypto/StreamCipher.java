package io.millrace.kcp.crypto;

/** A cipher for which deciphering is enciphering once more. One thread. */
@FunctionalInterface
interface StreamCipher {
    /** Nothing changes: crypt {@code none}. */
    StreamCipher IDENTITY = (packet, offset, length) -> {};

    /**
     * Enciphers or deciphers a packet in place, each independently of the others.
     *
     * @param length {@link PacketHeader#BYTES} to {@link PacketCipher#MAX_PACKET_BYTES}
     */
    void apply(byte[] packet, int offset, int length);
}
