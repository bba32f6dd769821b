package io.millrace.testkit;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A datagram on its way through the emulator, and its place in the delay queue. Pooled by {@link DatagramPool}. */
final class DelayedDatagram implements Comparable<DelayedDatagram> {
    /** From position to limit: the datagram. */
    final ByteBuffer bytes;

    long deliverAtNs;
    long order;
    long sequence;
    boolean toTarget;

    @Nullable
    EmulatorClient client;

    DelayedDatagram(int capacityBytes) {
        bytes = ByteBuffer.allocateDirect(capacityBytes);
    }

    @Override
    public int compareTo(DelayedDatagram other) {
        int byTime = Long.compare(deliverAtNs, other.deliverAtNs);
        return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
}
