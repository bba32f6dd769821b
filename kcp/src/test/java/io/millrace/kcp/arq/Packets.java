package io.millrace.kcp.arq;

import io.millrace.kcp.wire.KcpSegmentHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes and reads packets for tests, with a little code of its own beside the core's. */
final class Packets {
    private Packets() {}

    /** One segment as read from a packet. */
    record Seg(int conv, int cmd, int frg, int wnd, int ts, int sn, int una, String payload) {
        boolean isPush() {
            return cmd == KcpSegmentHeader.CMD_PUSH;
        }

        boolean isAck() {
            return cmd == KcpSegmentHeader.CMD_ACK;
        }

        boolean isWask() {
            return cmd == KcpSegmentHeader.CMD_WASK;
        }

        boolean isWins() {
            return cmd == KcpSegmentHeader.CMD_WINS;
        }

        /** Command and what it is about, as in {@code PUSH 3} or {@code ACK 7@100}. */
        String brief() {
            return switch (cmd) {
                case KcpSegmentHeader.CMD_PUSH -> "PUSH " + sn;
                case KcpSegmentHeader.CMD_ACK -> "ACK " + sn + "@" + ts;
                case KcpSegmentHeader.CMD_WASK -> "WASK";
                case KcpSegmentHeader.CMD_WINS -> "WINS";
                default -> "cmd " + cmd;
            };
        }
    }

    static byte[] segment(int conv, int cmd, int frg, int wnd, int ts, int sn, int una, byte[] payload) {
        byte[] bytes = new byte[KcpSegmentHeader.BYTES + payload.length];
        KcpSegmentHeader.write(bytes, 0, conv, cmd, wnd, ts, sn, una, payload.length);
        bytes[5] = (byte) frg;
        System.arraycopy(payload, 0, bytes, KcpSegmentHeader.BYTES, payload.length);
        return bytes;
    }

    static byte[] join(byte[]... segments) {
        int length = Arrays.stream(segments).mapToInt(s -> s.length).sum();
        byte[] packet = new byte[length];
        int at = 0;
        for (byte[] segment : segments) {
            System.arraycopy(segment, 0, packet, at, segment.length);
            at += segment.length;
        }
        return packet;
    }

    static List<Seg> parse(byte[] packet) {
        List<Seg> segments = new ArrayList<>();
        int at = 0;
        while (at < packet.length) {
            int len = (int) KcpSegmentHeader.len(packet, at);
            segments.add(new Seg(
                    KcpSegmentHeader.conv(packet, at),
                    KcpSegmentHeader.cmd(packet, at),
                    KcpSegmentHeader.frg(packet, at),
                    KcpSegmentHeader.wnd(packet, at),
                    KcpSegmentHeader.ts(packet, at),
                    KcpSegmentHeader.sn(packet, at),
                    KcpSegmentHeader.una(packet, at),
                    new String(packet, at + KcpSegmentHeader.BYTES, len, StandardCharsets.ISO_8859_1)));
            at += KcpSegmentHeader.BYTES + len;
        }
        return segments;
    }
}
