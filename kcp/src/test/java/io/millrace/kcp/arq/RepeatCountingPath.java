package io.millrace.kcp.arq;

import io.millrace.kcp.wire.KcpSegmentHeader;
import java.util.BitSet;
import java.util.function.Consumer;

/** The bare path, which counts what its end receives more than once: the truth about useless retransmissions. */
final class RepeatCountingPath implements PacketPath {
    private final PacketPath bare = PacketPath.bare();
    private final BitSet received = new BitSet();
    private long repeats;

    /** PUSH segments that came though one of the same number had come; numbers start at 0. */
    long repeats() {
        return repeats;
    }

    @Override
    public void send(byte[] packet, int offset, int length, int nowMs, Consumer<byte[]> wire) {
        bare.send(packet, offset, length, nowMs, wire);
    }

    @Override
    public void receive(byte[] datagram, Input kcp) {
        int at = 0;
        while (at < datagram.length) {
            if (KcpSegmentHeader.cmd(datagram, at) == KcpSegmentHeader.CMD_PUSH) {
                int sn = KcpSegmentHeader.sn(datagram, at);
                repeats += received.get(sn) ? 1 : 0;
                received.set(sn);
            }
            at += KcpSegmentHeader.BYTES + (int) KcpSegmentHeader.len(datagram, at);
        }
        bare.receive(datagram, kcp);
    }
}
