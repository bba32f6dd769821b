package io.millrace.kcp.session;

import io.millrace.kcp.wire.PacketBurst;

/** Takes the packets that a session made: enciphers them, sends them to the session's peer and clears the burst. */
public interface BurstOutput {
    /**
     * Sends all packets of the burst, each with its body in place and room for the cipher's header and trailer.
     *
     * @param burst not empty; empty on return
     */
    void send(PacketBurst burst);

    /**
     * Whether another data segment may be made in this flush. Asked for each but the first; those refused stay due, and the
     * owner flushes again when there is room for them.
     */
    default boolean takesMore() {
        return true;
    }
}
