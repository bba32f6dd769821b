package io.millrace.kcp.crypto;

import io.millrace.kcp.wire.PacketBurst;

/**
 * Seals and opens whole packets in place; nonce, checksum and tag are its business. An instance belongs to one thread
 * (one per event loop), keeps nothing of a packet and allocates nothing per packet where the JCE lets it.
 */
public interface PacketCipher {
    /** {@link #open}: fewer bytes than header and trailer take. */
    int TOO_SHORT = -1;
    /** {@link #open}: more bytes than a packet may have, {@link #MAX_PACKET_BYTES}. */
    int TOO_LONG = -2;
    /** {@link #open}: checksum or tag do not fit; the bytes are damaged, forged or sealed with another key or cipher. */
    int NOT_AUTHENTIC = -3;

    /** The longest packet, in UDP payload bytes. spec: kcp 1.7 */
    int MAX_PACKET_BYTES = 1500;

    /** {@link #open} takes less time if the array has so many bytes more behind the packet, whatever they are. */
    int ROOM_BEHIND_BYTES = 512;

    /** Bytes before the body. */
    int headerBytes();

    /** Bytes after the body. */
    int trailerBytes();

    /**
     * Seals all packets of {@code burst}. Each has its body in place already, at offset + headerBytes, and a length that
     * includes header and trailer; those are filled here.
     *
     * @throws IllegalArgumentException if a packet is shorter than header and trailer or longer than
     *     {@link #MAX_PACKET_BYTES}
     */
    void seal(PacketBurst burst);

    /**
     * Opens one packet in place. If it is refused the bytes are left in an unspecified state; nothing is thrown, whatever
     * they are. What lies behind the packet is not changed.
     *
     * @return where the body starts, its length being {@code length - headerBytes() - trailerBytes()}; or, negative, why
     *     the packet is refused: {@link #TOO_SHORT}, {@link #TOO_LONG}, {@link #NOT_AUTHENTIC}
     */
    int open(byte[] packet, int offset, int length);
}
