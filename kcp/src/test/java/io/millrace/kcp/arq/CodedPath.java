package io.millrace.kcp.arq;

import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import io.millrace.kcp.fec.FecDecoder;
import io.millrace.kcp.fec.FecEncoder;
import io.millrace.kcp.fec.FecWorkspace;
import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.PacketBurst;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cipher, and FEC if it is asked for, between a core and the wire. */
final class CodedPath implements PacketPath {
    private static final TunnelKey KEY = TunnelKey.derive("simulated");

    private final PacketCipher cipher;
    private final @Nullable FecEncoder encoder;
    private final @Nullable FecDecoder decoder;
    private final PacketBurst burst = new PacketBurst(1, PacketCipher.MAX_PACKET_BYTES);

    private long refused;

    /**
     * @param crypt kcptun's name
     * @param dataShards 0 for no FEC
     */
    CodedPath(String crypt, int dataShards, int parityShards, long nonceSeed) {
        SplittableRandom nonces = new SplittableRandom(nonceSeed);
        cipher = PacketCiphers.create(crypt, KEY, (to, offset, length) -> {
            for (int i = 0; i < length; i++) {
                to[offset + i] = (byte) nonces.nextInt();
            }
        });
        boolean fec = dataShards > 0;
        FecWorkspace workspace = new FecWorkspace();
        encoder = fec ? new FecEncoder(dataShards, parityShards, PacketCipher.MAX_PACKET_BYTES, workspace) : null;
        decoder = fec ? new FecDecoder(dataShards, parityShards, workspace) : null;
    }

    /** Datagrams that failed their checksum. */
    long refused() {
        return refused;
    }

    long recovered() {
        return decoder == null ? 0 : decoder.fecRecovered();
    }

    /** What of the wire's mtu is left for KCP segments. */
    static int kcpMtu(int mtuBytes, boolean fec) {
        return mtuBytes - 20 - (fec ? FecHeader.BYTES : 0);
    }

    @Override
    public void send(byte[] packet, int offset, int length, int nowMs, Consumer<byte[]> wire) {
        byte[] bytes = burst.bytes();
        int body = burst.begin() + cipher.headerBytes();
        if (encoder == null) {
            System.arraycopy(packet, offset, bytes, body, length);
            emit(length, wire);
            return;
        }
        System.arraycopy(packet, offset, bytes, body + FecHeader.BYTES, length);
        int parities = encoder.encodeData(bytes, body, length, nowMs);
        emit(FecHeader.BYTES + length, wire);
        int parityBytes = parities > 0 ? encoder.parityPacketBytes() : 0;
        for (int i = 0; i < parities; i++) {
            encoder.writeParity(i, bytes, body);
            emit(parityBytes, wire);
        }
    }

    private void emit(int bodyBytes, Consumer<byte[]> wire) {
        burst.commit(cipher.headerBytes() + bodyBytes + cipher.trailerBytes());
        cipher.seal(burst);
        wire.accept(Arrays.copyOf(burst.bytes(), burst.totalBytes()));
        burst.clear();
    }

    @Override
    public void receive(byte[] datagram, Input kcp) {
        int body = cipher.open(datagram, 0, datagram.length);
        if (body < 0) {
            refused++;
            return;
        }
        int length = datagram.length - cipher.headerBytes() - cipher.trailerBytes();
        if (decoder == null) {
            kcp.accept(datagram, body, length, Kcp.InputKind.DIRECT);
            return;
        }
        if (FecHeader.type(datagram, body) == FecHeader.TYPE_DATA) {
            kcp.accept(datagram, body + FecHeader.BYTES, length - FecHeader.BYTES, Kcp.InputKind.DIRECT);
        }
        decoder.input(
                datagram,
                body,
                length,
                (bytes, offset, shardBytes) -> kcp.accept(bytes, offset, shardBytes, Kcp.InputKind.RECOVERED));
    }

    @Override
    public void close() {
        if (encoder != null) {
            encoder.close();
        }
        if (decoder != null) {
            decoder.close();
        }
    }
}
