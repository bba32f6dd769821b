package io.millrace.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a bad link in virtual time: datagrams sent now come out at the receiver when the clock reaches their time,
 * never inside {@link #send}. Same seed, profile and calls: same deliveries. Belongs to the clock's thread.
 */
public final class SimulatedLink {
    private final VirtualClock clock;
    private final LinkModel model;
    private @Nullable Receiver receiver;

    /** A link without a receiver yet; see {@link #setReceiver}. */
    public SimulatedLink(VirtualClock clock, LinkProfile profile, long seed) {
        this.clock = clock;
        this.model = new LinkModel(profile, seed, clock.nowNs());
    }

    public SimulatedLink(VirtualClock clock, LinkProfile profile, long seed, Receiver receiver) {
        this(clock, profile, seed);
        this.receiver = receiver;
    }

    /** Must be set before the first datagram arrives. */
    public void setReceiver(Receiver receiver) {
        this.receiver = receiver;
    }

    public void send(byte[] datagram) {
        send(datagram, 0, datagram.length);
    }

    /** Sends a copy of the bytes at the clock's current time. */
    public void send(byte[] bytes, int offset, int length) {
        int copies = model.decide(clock.nowNs(), length);
        long sequence = model.sequence();
        for (int copy = 0; copy < copies; copy++) {
            byte[] datagram = Arrays.copyOfRange(bytes, offset, offset + length);
            if (model.isCorrupt(copy)) {
                model.corrupt(ByteBuffer.wrap(datagram), 0, length);
            }
            clock.scheduleNs(model.deliverAtNs(copy), () -> deliver(sequence, datagram));
        }
    }

    private void deliver(long sequence, byte[] datagram) {
        if (receiver == null) {
            throw new IllegalStateException("a datagram arrived before setReceiver");
        }
        model.onDelivered(sequence, datagram.length);
        receiver.receive(datagram);
    }

    public LinkProfile profile() {
        return model.profile();
    }

    /** For datagrams sent from now on; those on their way keep their times. */
    public void setProfile(LinkProfile profile) {
        model.setProfile(profile);
    }

    /** Switches a blackout on or off, beside the profile's windows; datagrams on their way still arrive. */
    public void setBlackout(boolean on) {
        model.setBlackout(on);
    }

    public LinkCounters counters() {
        return model.counters();
    }

    /** Takes what comes out of a link. */
    @FunctionalInterface
    public interface Receiver {
        /** The array is the receiver's own. */
        void receive(byte[] datagram);
    }
}
