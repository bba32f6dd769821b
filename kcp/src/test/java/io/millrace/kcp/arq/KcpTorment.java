package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.wire.LittleEndian;
import io.millrace.kcp.wire.Serial;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A {@link Kcp} under operations and input of any kind, whose bounds are checked after each. */
final class KcpTorment {
    final SegmentPool pool = new SegmentPool(100_000);
    final PacketCollector sink = new PacketCollector();
    final Kcp kcp;
    private final ByteBuf data = Unpooled.wrappedBuffer(new byte[4000]);
    private final ByteBuf target = Unpooled.buffer(4000, 4000);
    private int nowMs;

    KcpTorment(KcpConfig config, int firstSn, int startMs) {
        nowMs = startMs;
        kcp = new Kcp(KcpBench.CONV, config, pool, startMs, firstSn);
    }

    /** Adds {@code by} to the numbers and the stamp of a segment. */
    static void shiftNumbers(byte[] segment, int by) {
        for (int field = 8; field <= 16; field += 4) {
            LittleEndian.putInt(segment, field, LittleEndian.getInt(segment, field) + by);
        }
    }

    void input(byte[] datagram, boolean recovered) {
        byte[] shifted = new byte[datagram.length + 3];
        System.arraycopy(datagram, 0, shifted, 3, datagram.length);
        int unaBefore = kcp.unacknowledged();
        kcp.input(shifted, 3, datagram.length, recovered ? Kcp.InputKind.RECOVERED : Kcp.InputKind.DIRECT, nowMs);
        assertThat(Serial.before(kcp.unacknowledged(), unaBefore))
                .as("una goes back")
                .isFalse();
        afterInput();
    }

    void inputRaw(byte[] datagram, int length) {
        kcp.input(datagram, 0, length, Kcp.InputKind.DIRECT, nowMs);
        afterInput();
    }

    private void afterInput() {
        if (kcp.ackListFull()) {
            kcp.flush(Kcp.FlushMode.ACK_ONLY, nowMs, sink);
        }
        checkBounds();
    }

    /** One operation of the session's or the application's, chosen by a number 0..255. */
    void operate(int choice) {
        switch (choice & 7) {
            case 0, 1 -> nowMs += choice;
            case 2 -> kcp.flush(Kcp.FlushMode.FULL, nowMs, sink);
            case 3 -> kcp.flush(kcp.flushWanted(), nowMs, sink);
            case 4 ->
                kcp.read(
                        target.clear().capacity() > choice
                                ? target.slice(0, choice).clear()
                                : target);
            case 5 -> kcp.read(target.clear());
            case 6 -> kcp.send(data.readerIndex(0), Math.min(kcp.sendCapacityBytes(), choice * 16));
            default -> {
                int ms = kcp.msUntilFlush(nowMs);
                if (ms != Integer.MAX_VALUE) {
                    nowMs += ms;
                    kcp.flush(Kcp.FlushMode.FULL, nowMs, sink);
                }
            }
        }
        checkBounds();
    }

    void checkBounds() {
        int sendWindow = kcp.config().sendWindowSegments();
        int receiveWindow = kcp.config().receiveWindowSegments();
        int inFlight = kcp.nextNumber() - kcp.unacknowledged();
        if (inFlight < 0 || inFlight > sendWindow || kcp.waitingSegments() > sendWindow) {
            throw new AssertionError(inFlight + " in flight, " + kcp.waitingSegments() + " wait, window " + sendWindow);
        }
        if (kcp.receivedSegments() > 2 * receiveWindow || kcp.readableBytes() > receiveWindow * 1500) {
            throw new AssertionError(kcp.receivedSegments() + " received segments, " + kcp.readableBytes() + " bytes");
        }
        if (pool.liveSegments() != kcp.receivedSegments() + kcp.waitingSegments()) {
            throw new AssertionError(pool.liveSegments() + " segments are out, known are " + kcp.receivedSegments()
                    + " received and " + kcp.waitingSegments() + " to be sent");
        }
        if (kcp.remoteWindowSegments() < 0 || kcp.remoteWindowSegments() > 65_535) {
            throw new AssertionError("remote window " + kcp.remoteWindowSegments());
        }
        if (kcp.rtoMs() < 30 || kcp.rtoMs() > 60_000 || kcp.msUntilFlush(nowMs) < 0) {
            throw new AssertionError("rto " + kcp.rtoMs() + ", next flush " + kcp.msUntilFlush(nowMs));
        }
    }

    /** Ends the session; all its memory is back. */
    void finish() {
        int known = pool.liveSegments() + pool.spareSegments();
        kcp.release();
        sink.take();
        assertThat(pool.liveSegments()).isZero();
        assertThat(pool.spareSegments()).isEqualTo(known);
        target.release();
        data.release();
    }
}
