package io.millrace.kcp.arq;

import io.millrace.testkit.Payload;
import io.millrace.testkit.SimulatedLink;
import io.millrace.testkit.VirtualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One end of a {@link SimulatedPair}: drives a {@link Kcp} in virtual time exactly as a session does. A batch of input,
 * then one flush; wake-ups only when the core asks for them. What it reads is checked byte by byte against the stream
 * that the other end writes.
 */
final class SimulatedEnd implements PacketSink {
    private static final int HEADROOM = 64;

    final Kcp kcp;
    private final VirtualClock clock;
    private final PacketPath path;
    private final SimulatedLink out;
    private final Deque<byte[]> inbox = new ArrayDeque<>();
    private final byte[] packet = new byte[HEADROOM + 1500];
    private final ByteBuf readBuffer = Unpooled.buffer(4096, 4096);

    private final Payload writing;
    private final Payload.Verifier reading;
    private long toWrite;
    private long written;
    private long lastReceivedMs;

    private VirtualClock.@Nullable Event wakeUp;
    private boolean readScheduled;
    private boolean isReading = true;
    /** Bytes taken at a time by a slow reader; 0 for a reader that takes all. */
    private int readAtMostBytes;

    long wakeUps;
    long flushes;

    SimulatedEnd(VirtualClock clock, Kcp kcp, PacketPath path, SimulatedLink out, Payload writing, Payload reading) {
        this.clock = clock;
        this.kcp = kcp;
        this.path = path;
        this.out = out;
        this.writing = writing;
        this.reading = reading.verifier();
    }

    private int nowMs() {
        return (int) clock.nowMs();
    }

    /** The application gives {@code bytes} more of its stream. */
    void write(long bytes) {
        toWrite += bytes;
        pump();
    }

    long received() {
        return reading.position();
    }

    long written() {
        return toWrite;
    }

    long lastReceivedMs() {
        return lastReceivedMs;
    }

    /** Switches the reader off or on. */
    void setReading(boolean on) {
        isReading = on;
        pump();
    }

    /** Takes so many bytes every {@code everyMs} until the stream of {@code totalBytes} is read. */
    void readSlowly(int bytes, long everyMs, long totalBytes) {
        readAtMostBytes = bytes;
        isReading = true;
        pump();
        isReading = false;
        if (received() < totalBytes) {
            clock.scheduleAfter(everyMs, () -> readSlowly(bytes, everyMs, totalBytes));
        }
    }

    void onDatagram(byte[] datagram) {
        inbox.add(datagram);
        if (!readScheduled) {
            readScheduled = true;
            clock.scheduleNs(clock.nowNs(), this::onReadable); // after all that arrives at this instant
        }
    }

    private void onReadable() {
        readScheduled = false;
        for (byte[] datagram = inbox.poll(); datagram != null; datagram = inbox.poll()) {
            path.receive(datagram, (bytes, offset, length, kind) -> {
                kcp.input(bytes, offset, length, kind, nowMs());
                checkInvariants();
            });
            if (kcp.ackListFull()) {
                flush(Kcp.FlushMode.ACK_ONLY);
            }
        }
        pump();
    }

    /** Reads, gives what may be sent, flushes if something calls for it, and sets the next wake-up. */
    private void pump() {
        read();
        boolean queued = false;
        int capacity = kcp.sendCapacityBytes();
        while (capacity > 0 && written < toWrite) {
            int bytes = (int) Math.min(Math.min(capacity, toWrite - written), 65_536);
            byte[] piece = new byte[bytes];
            writing.fill(written, piece, 0, bytes);
            ByteBuf chunk = Unpooled.wrappedBuffer(piece);
            kcp.send(chunk, bytes);
            chunk.release();
            written += bytes;
            queued = true;
            capacity = kcp.sendCapacityBytes();
        }
        Kcp.FlushMode mode = kcp.flushWanted();
        if (queued || kcp.msUntilFlush(nowMs()) == 0) {
            mode = Kcp.FlushMode.FULL;
        }
        if (mode != Kcp.FlushMode.NONE) {
            flush(mode);
        }
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUp = null;
        }
        int ms = kcp.msUntilFlush(nowMs());
        if (kcp.sendCapacityBytes() > 0 && written < toWrite) {
            ms = 0; // the flush itself made room
        }
        if (ms != Integer.MAX_VALUE) {
            wakeUp = clock.schedule(clock.nowMs() + ms, this::onWakeUp);
        }
    }

    private void onWakeUp() {
        wakeUp = null;
        wakeUps++;
        pump();
    }

    private void flush(Kcp.FlushMode mode) {
        flushes++;
        kcp.flush(mode, nowMs(), this);
        checkInvariants();
    }

    private void read() {
        int left = readAtMostBytes == 0 ? Integer.MAX_VALUE : readAtMostBytes;
        while (isReading && left > 0 && kcp.readableBytes() > 0) {
            ByteBuf target = readBuffer.clear();
            ByteBuf room = left < target.capacity() ? target.slice(0, left).clear() : target;
            kcp.read(room);
            int bytes = room.readableBytes();
            reading.accept(room.array(), room.arrayOffset() + room.readerIndex(), bytes);
            left -= bytes;
            lastReceivedMs = clock.nowMs();
        }
    }

    private void checkInvariants() {
        int limit = kcp.config().sendWindowSegments();
        if (kcp.waitingSegments() > limit) {
            throw new AssertionError(kcp.waitingSegments() + " segments wait, the window is " + limit);
        }
        if (kcp.receivedSegments() > 2 * kcp.config().receiveWindowSegments()) {
            throw new AssertionError(kcp.receivedSegments() + " received segments are held");
        }
    }

    @Override
    public int beginPacket() {
        return HEADROOM;
    }

    @Override
    public byte[] array() {
        return packet;
    }

    @Override
    public void endPacket(int bodyBytes) {
        if (bodyBytes > kcp.config().mtuBytes()) {
            throw new AssertionError("packet of " + bodyBytes + " bytes");
        }
        path.send(packet, HEADROOM, bodyBytes, nowMs(), out::send);
    }

    void close() {
        if (wakeUp != null) {
            wakeUp.cancel();
        }
        kcp.release();
        path.close();
        readBuffer.release();
    }
}
