package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.Packets.Seg;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One {@link Kcp} on a bench: a test plays its peer and its clock. Numbers start at {@code firstSn}, the clock at
 * {@code startMs}; both are taken off again in what the bench shows, so that a test reads the same near a wrap.
 */
final class KcpBench {
    static final int CONV = 0x1122_3344;
    static final byte[] NOTHING = new byte[0];

    final SegmentPool pool = new SegmentPool(100_000);
    final Kcp kcp;
    final int firstSn;
    final int startMs;
    final PacketCollector sink = new PacketCollector();
    int nowMs;
    /** What the played peer puts into its segments. */
    int peerWindow = 128;

    int peerUna;

    KcpBench(KcpConfig config) {
        this(config, 0, 0);
    }

    KcpBench(KcpConfig config, int firstSn, int startMs) {
        this(config, firstSn, startMs, LossRecovery.Rules.MILLRACE);
    }

    KcpBench(KcpConfig config, int firstSn, int startMs, LossRecovery.Rules rules) {
        this.firstSn = firstSn;
        this.startMs = startMs;
        kcp = new Kcp(CONV, config, pool, startMs, firstSn, rules);
    }

    /** A config that tests vary: mtu 1400, windows 128, no congestion control. */
    static KcpConfig config(boolean noDelay, int intervalMs, int fastResend) {
        return new KcpConfig(1400, 128, 128, noDelay, intervalMs, fastResend, false, false);
    }

    byte[] push(int sn, int ts, String payload) {
        return push(sn, ts, payload.getBytes(StandardCharsets.ISO_8859_1));
    }

    byte[] push(int sn, int ts, byte[] payload) {
        return segment(KcpSegmentHeader.CMD_PUSH, sn, ts, payload);
    }

    byte[] ack(int sn, int ts) {
        return segment(KcpSegmentHeader.CMD_ACK, sn, ts, NOTHING);
    }

    byte[] wask() {
        return segment(KcpSegmentHeader.CMD_WASK, 0, 0, NOTHING);
    }

    byte[] wins() {
        return segment(KcpSegmentHeader.CMD_WINS, 0, 0, NOTHING);
    }

    byte[] segment(int cmd, int sn, int ts, byte[] payload) {
        return Packets.segment(CONV, cmd, 0, peerWindow, startMs + ts, firstSn + sn, firstSn + peerUna, payload);
    }

    Kcp.InputResult input(byte[]... segments) {
        return input(Kcp.InputKind.DIRECT, segments);
    }

    Kcp.InputResult input(Kcp.InputKind kind, byte[]... segments) {
        byte[] joined = Packets.join(segments);
        byte[] packet = new byte[joined.length + 12];
        System.arraycopy(joined, 0, packet, 5, joined.length);
        return kcp.input(packet, 5, joined.length, kind, clock());
    }

    int clock() {
        return startMs + nowMs;
    }

    void send(String text) {
        ByteBuf source = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        kcp.send(source, Integer.MAX_VALUE);
        assertThat(source.isReadable()).isFalse();
        source.release();
    }

    /** {@code segments} full segments. */
    void sendSegments(int segments) {
        for (int i = 0; i < segments; i++) {
            send("x".repeat(kcp.config().mssBytes()));
        }
    }

    String read(int maxBytes) {
        ByteBuf target = Unpooled.buffer(maxBytes, maxBytes);
        kcp.read(target);
        String text = target.toString(StandardCharsets.ISO_8859_1);
        target.release();
        return text;
    }

    List<byte[]> flushPackets(Kcp.FlushMode mode) {
        kcp.flush(mode, clock(), sink);
        return sink.take();
    }

    List<Seg> flush(Kcp.FlushMode mode) {
        List<Seg> segments = new ArrayList<>();
        for (byte[] packet : flushPackets(mode)) {
            assertThat(packet.length).isLessThanOrEqualTo(kcp.config().mtuBytes());
            for (Seg s : Packets.parse(packet)) {
                assertThat(s.conv()).isEqualTo(CONV);
                assertThat(s.frg()).isZero();
                int ts = s.isPush() || s.isAck() ? s.ts() - startMs : 0;
                segments.add(
                        new Seg(s.conv(), s.cmd(), 0, s.wnd(), ts, s.sn() - firstSn, s.una() - firstSn, s.payload()));
            }
        }
        return segments;
    }

    List<Seg> flush() {
        return flush(Kcp.FlushMode.FULL);
    }

    List<String> flushBrief() {
        return flush().stream().map(Seg::brief).toList();
    }

    /** Goes to the time the core asked for, and flushes. */
    List<Seg> sleepAndFlush() {
        int ms = kcp.msUntilFlush(clock());
        assertThat(ms).as("wake-up").isNotEqualTo(Integer.MAX_VALUE);
        nowMs += ms;
        return flush();
    }
}
