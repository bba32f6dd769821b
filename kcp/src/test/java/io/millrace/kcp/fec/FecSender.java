package io.millrace.kcp.fec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Packets of a peer's encoder, and the memory of what went in. */
final class FecSender {
    private static final int MAX_KCP_BYTES = 1400;

    final FecEncoder encoder;
    private final SplittableRandom random;
    private final Set<Body> sent = new HashSet<>();
    private int serial;

    FecSender(int data, int parity, SplittableRandom random) {
        this.encoder = new FecEncoder(data, parity, MAX_KCP_BYTES + 2);
        this.random = random;
    }

    /** The packets, FEC header first, of {@code count} KCP packets that look like a session's. */
    List<byte[]> packets(int count) {
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            packets.addAll(packet(random.nextInt(10) == 0 ? 24 : random.nextInt(24, 90), 0));
        }
        return packets;
    }

    /** One data packet, and the parity that it completes. */
    List<byte[]> packet(int kcpBytes, int nowMs) {
        byte[] packet = new byte[8 + kcpBytes];
        kcp(packet);
        List<byte[]> packets = new ArrayList<>();
        int due = encoder.encodeData(packet, 0, kcpBytes, nowMs);
        packets.add(packet);
        for (int r = 0; r < due; r++) {
            byte[] parity = new byte[encoder.parityPacketBytes()];
            encoder.writeParity(r, parity, 0);
            packets.add(parity);
        }
        return packets;
    }

    /** A PUSH with the same conv, cmd, window, una and nearly the same ts as ever, so that parity looks like one too. */
    private void kcp(byte[] packet) {
        byte[] header = {0x44, 0x33, 0x22, 0x11, 81, 0, 0, 2, 9, 9, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0};
        for (int i = 8; i < packet.length; i++) {
            packet[i] = (byte) (i < 32 ? header[i - 8] : random.nextInt());
        }
        int sn = serial++;
        for (int i = 0; i < 4 && 20 + i < packet.length; i++) {
            packet[20 + i] = (byte) (sn >>> (8 * i));
        }
        sent.add(new Body(Arrays.copyOfRange(packet, 8, packet.length)));
    }

    boolean wasSent(byte[] bytes, int offset, int length) {
        return sent.contains(new Body(Arrays.copyOfRange(bytes, offset, offset + length)));
    }

    private static final class Body {
        private final byte[] bytes;

        Body(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Body body && Arrays.equals(bytes, body.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }
}
