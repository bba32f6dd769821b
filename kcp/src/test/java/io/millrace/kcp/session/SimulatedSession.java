package io.millrace.kcp.session;

import io.millrace.kcp.arq.Kcp.FlushMode;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import io.millrace.kcp.wire.PacketBurst;
import io.millrace.testkit.SimulatedLink;
import io.millrace.testkit.VirtualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of two sessions over a simulated link in virtual time, driven as a channel drives it: input, then writes as far
 * as they are taken, then one flush; wake-ups when the session asks for them. Cipher {@code none}, packets unsealed.
 */
final class SimulatedSession {
    static final int HEADER_BYTES = 20;
    private static final int CONV = 7;
    private static final TunnelKey KEY = TunnelKey.derive(new byte[] {1});

    final KcpSession session;
    private final VirtualClock clock;
    private final SimulatedLink out;
    private final Consumer<byte[]> tap;
    private final ByteBuf readBuffer = Unpooled.buffer(1 << 16, 1 << 16);
    private final ByteBuf zeros = Unpooled.wrappedBuffer(new byte[1 << 20]);

    private long toWrite;
    private long received;
    private long largestCapacity;
    private VirtualClock.@Nullable Event wakeUp;

    /**
     * @param tap sees each packet that is sent
     */
    SimulatedSession(SessionConfig config, VirtualClock clock, SimulatedLink out, Consumer<byte[]> tap) {
        this.clock = clock;
        this.out = out;
        this.tap = tap;
        SharedResources shared = SharedResources.create(PacketCiphers.create("none", KEY), 64);
        this.session = new KcpSession(CONV, config, shared, this::send, nowMs());
    }

    private int nowMs() {
        return (int) clock.nowMs();
    }

    private void send(PacketBurst burst) {
        for (int i = 0; i < burst.count(); i++) {
            byte[] packet = Arrays.copyOfRange(burst.bytes(), burst.offset(i), burst.offset(i) + burst.length(i));
            tap.accept(packet);
            out.send(packet);
        }
        burst.clear();
    }

    void write(long bytes) {
        toWrite += bytes;
        pump();
    }

    /** Bytes that arrived in order. */
    long received() {
        return received;
    }

    /** Most bytes that the session wanted to take at once. */
    long largestCapacity() {
        return largestCapacity;
    }

    void onDatagram(byte[] datagram) {
        session.input(datagram, HEADER_BYTES, datagram.length - HEADER_BYTES, nowMs());
        pump();
    }

    private void pump() {
        while (session.readableBytes() > 0) {
            readBuffer.clear();
            session.read(readBuffer);
            received += readBuffer.readableBytes();
        }
        do {
            writeAndFlush();
        } while (session.isPaced() && toWrite > 0 && session.sendCapacityBytes() > 0);
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUp = null;
        }
        int ms = session.msUntilFlush(nowMs());
        if (ms != Integer.MAX_VALUE) {
            wakeUp = clock.schedule(clock.nowMs() + ms, this::onWakeUp);
        }
    }

    private void writeAndFlush() {
        boolean queued = false;
        int capacity = session.sendCapacityBytes();
        while (capacity > 0 && toWrite > 0) {
            largestCapacity = Math.max(largestCapacity, capacity);
            int bytes = (int) Math.min(Math.min(capacity, toWrite), zeros.capacity());
            session.send(zeros.readerIndex(0), bytes);
            toWrite -= bytes;
            queued = true;
            capacity = session.sendCapacityBytes();
        }
        FlushMode mode = session.flushWanted();
        if (queued || session.msUntilFlush(nowMs()) == 0) {
            mode = FlushMode.FULL;
        }
        session.flush(mode, nowMs());
    }

    private void onWakeUp() {
        wakeUp = null;
        pump();
    }

    void close() {
        if (wakeUp != null) {
            wakeUp.cancel();
        }
        session.release();
        readBuffer.release();
    }
}
