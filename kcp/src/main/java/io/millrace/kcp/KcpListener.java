package io.millrace.kcp;

import java.net.InetSocketAddress;

/** What happens to sessions and packets, for counters, logs and tests. Called on the event loop; must not block. */
public interface KcpListener {
    /** Hears nothing. */
    KcpListener NONE = new KcpListener() {};

    /** Tells two of everything, in this order. */
    static KcpListener both(KcpListener first, KcpListener second) {
        return new KcpListenerPair(first, second);
    }

    /** A session began; its channel is about to become active. */
    default void sessionOpened(KcpChannel channel) {}

    /** A session ended; its counters are final. */
    default void sessionClosed(KcpChannel channel, CloseReason reason) {}

    /** The peer's FEC numbers turned out not to be ours; the session's {@code fecAgreement()} says which. Once at most. */
    default void fecDiffers(KcpChannel channel) {}

    /** A datagram was dropped. Called for each: do next to nothing. */
    default void packetDropped(DropReason reason, InetSocketAddress sender) {}

    /** Something failed that should not have, while handling a packet or a timer; the session goes on. */
    default void internalError(Throwable cause) {}

    /** Sending a datagram failed; KCP will send its content again. */
    default void sendFailed(InetSocketAddress recipient, Throwable cause) {}

    /** The kernel refused segmentation offload; bursts leave as single datagrams from now on. */
    default void segmentationOff(Throwable cause) {}
}
