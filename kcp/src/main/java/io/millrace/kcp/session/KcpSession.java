package io.millrace.kcp.session;

import io.millrace.kcp.arq.Kcp;
import io.millrace.kcp.arq.Kcp.FlushMode;
import io.millrace.kcp.arq.Kcp.InputKind;
import io.millrace.kcp.arq.Kcp.InputResult;
import io.millrace.kcp.arq.PacketSink;
import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.fec.FecAgreement;
import io.millrace.kcp.fec.FecAgreement.Sending;
import io.millrace.kcp.fec.FecDecoder;
import io.millrace.kcp.fec.FecEncoder;
import io.millrace.kcp.fec.RecoveredShards;
import io.millrace.kcp.wire.FecHeader;
import io.millrace.kcp.wire.PacketBurst;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A KCP session with its forward error correction, between the application's bytes and packets ready for the cipher.
 * Packets come in deciphered, one by one; what a flush makes leaves in bursts.
 */
public final class KcpSession {
    private final Kcp kcp;
    private final SharedResources shared;
    private final PacketBurst burst;
    private final BurstOutput output;
    private final int headerBytes;
    private final int trailerBytes;
    private final @Nullable FecEncoder encoder;
    private final FecAgreement agreement;
    /** With a limit of the rate that the user set, which holds for everything; else only data is spread. */
    private final boolean rateLimited;
    /** On the wire, with its share of the parity. */
    private final int bytesPerSegment;
    /** Null while neither is so. */
    private @Nullable Pacer pacer;

    private final SessionConfig config;
    private final SessionStats stats = new SessionStats();
    private final Packets packets = new Packets();

    /** Made with the first FEC packet that comes; a peer may use it whether we do or not. spec: kcp 1.5 */
    private @Nullable FecDecoder decoder;

    /** The time of the call in progress, for what is called back during it. */
    private int nowMs;

    /**
     * A fresh session.
     *
     * @param conv conversation id
     * @param shared what it shares with the other sessions of its thread
     * @param output takes each burst
     * @param nowMs session clock, low 32 bits of milliseconds
     */
    public KcpSession(int conv, SessionConfig config, SharedResources shared, BurstOutput output, int nowMs) {
        PacketCipher cipher = shared.cipher();
        this.kcp = new Kcp(conv, config.kcpConfig(cipher), shared.segments(), nowMs);
        this.shared = shared;
        this.burst = shared.burst();
        this.output = output;
        this.headerBytes = cipher.headerBytes();
        this.trailerBytes = cipher.trailerBytes();
        this.config = config;
        this.encoder = config.fecEnabled()
                ? new FecEncoder(
                                config.dataShards(),
                                config.parityShards(),
                                SessionConfig.MAX_PACKET_BYTES,
                                shared.fec())
                        .from(FecAgreement.FIRST_SEQ_ID)
                : null;
        this.agreement = new FecAgreement(config.dataShards(), config.parityShards());
        int mtuBytes = config.kcp().mtuBytes();
        this.bytesPerSegment =
                config.fecEnabled() ? mtuBytes + mtuBytes * config.parityShards() / config.dataShards() : mtuBytes;
        this.rateLimited = config.rateLimitBytesPerSecond() > 0;
        this.pacer = rateLimited ? new Pacer(config.rateLimitBytesPerSecond(), 0, nowMs) : null;
        this.nowMs = nowMs;
    }

    /** The ARQ core, for its getters. */
    public Kcp kcp() {
        return kcp;
    }

    /** Its settings. */
    public SessionConfig config() {
        return config;
    }

    /** Packets and bytes, live; the core and the decoder count the rest. */
    public SessionStats stats() {
        return stats;
    }

    /** The FEC decoder; null while no FEC packet has come. */
    public @Nullable FecDecoder fecDecoder() {
        return decoder;
    }

    /** What is known of the peer's FEC, and what follows from it. */
    public FecAgreement fecAgreement() {
        return agreement;
    }

    /** Takes one deciphered packet body. Bad ones are counted and dropped. spec: kcp 1.5, 3.4, 5.4 */
    public void input(byte[] bytes, int offset, int length, int nowMs) {
        this.nowMs = nowMs;
        stats.inPkts++;
        stats.inBytes += length;
        int type = length >= FecHeader.BYTES ? FecHeader.type(bytes, offset) : 0;
        if (type == FecHeader.TYPE_DATA) {
            kcp.input(bytes, offset + FecHeader.BYTES, length - FecHeader.BYTES, InputKind.DIRECT, nowMs);
            inputShard(bytes, offset, length);
        } else if (type == FecHeader.TYPE_PARITY) {
            inputShard(bytes, offset, length);
        } else if (type == FecHeader.TYPE_OOB) {
            stats.oobPackets++;
        } else if (kcp.input(bytes, offset, length, InputKind.DIRECT, nowMs) == InputResult.OK) {
            agreement.onPlain();
            kcp.setFecInUse(false);
        }
        if (kcp.ackListFull()) {
            flushNow(FlushMode.ACK_ONLY);
        }
    }

    private void inputShard(byte[] bytes, int offset, int length) {
        FecDecoder present = decoder();
        present.input(bytes, offset, length, packets);
        agreement.onShard(FecHeader.seqId(bytes, offset), present);
        kcp.setFecInUse(true);
    }

    private FecDecoder decoder() {
        FecDecoder present = decoder;
        if (present == null) {
            present = config.fecEnabled()
                    ? new FecDecoder(config.dataShards(), config.parityShards(), shared.fec())
                    : FecDecoder.lazy(shared.fec());
            decoder = present;
        }
        return present;
    }

    /**
     * Bytes that would leave at once; see {@link Kcp#sendCapacityBytes}. Of a paced session, what would leave within a few
     * milliseconds: what more there is can still be scheduled by its writer.
     */
    public int sendCapacityBytes() {
        int capacity = kcp.sendCapacityBytes();
        Pacer pace = pacer;
        if (pace == null) {
            return capacity;
        }
        int mssBytes = kcp.config().mssBytes();
        long backlog = pace.backlogBytes() + 2L * mssBytes - (long) kcp.queuedSegments() * mssBytes;
        return (int) Math.min(capacity, Math.max(0, backlog));
    }

    /** Whether what is sent is spread over time: then {@link #sendCapacityBytes} grows by the passing of time, too. */
    public boolean isPaced() {
        return pacer != null;
    }

    /** Takes bytes to be sent with the next full flush. */
    public void send(ByteBuf source, int maxBytes) {
        kcp.send(source, maxBytes);
    }

    /** In-order bytes waiting to be read. */
    public int readableBytes() {
        return kcp.readableBytes();
    }

    /** Moves in-order bytes into the writable bytes of {@code target}. */
    public void read(ByteBuf target) {
        kcp.read(target);
    }

    /** What the input since the last flush calls for. */
    public FlushMode flushWanted() {
        return kcp.flushWanted();
    }

    /**
     * Milliseconds until a full flush is due by itself, or one that was wanted is allowed by the pace;
     * {@link Integer#MAX_VALUE} for never.
     */
    public int msUntilFlush(int nowMs) {
        Pacer pace = pacer;
        if (pace == null) {
            return kcp.msUntilFlush(nowMs);
        }
        int ms = kcp.flushWanted() == FlushMode.NONE ? kcp.msUntilFlush(nowMs) : 0;
        ms = Math.max(ms, pace.msUntilReady(nowMs));
        return rateLimited ? ms : Math.min(ms, kcp.msUntilAckFlush(nowMs));
    }

    /** Makes and sends the packets that are due, as far as the pace and the output allow; the others stay due. */
    public void flush(FlushMode mode, int nowMs) {
        this.nowMs = nowMs;
        if (!rateLimited) {
            pacer = WindowPace.pacer(pacer, kcp, bytesPerSegment, nowMs);
        }
        Pacer pace = pacer;
        if (pace == null || pace.isReady(nowMs)) {
            flushNow(mode);
        } else if (!rateLimited && mode != FlushMode.NONE) {
            flushNow(FlushMode.ACK_ONLY);
        }
    }

    /** The last flush: what is taken leaves, but for a limit of the rate. */
    public void flushLast(int nowMs) {
        this.nowMs = nowMs;
        if (rateLimited) {
            flush(FlushMode.FULL, nowMs);
        } else {
            pacer = null;
            flushNow(FlushMode.FULL);
        }
    }

    private void flushNow(FlushMode mode) {
        kcp.flush(mode, nowMs, packets);
        if (burst.count() > 0) {
            output.send(burst);
        }
    }

    /** Gives up all buffers; only the counters must be used after. */
    public void release() {
        kcp.release();
        FecDecoder present = decoder;
        if (present != null) {
            present.close();
        }
        if (encoder != null) {
            encoder.close();
        }
    }

    /** The inner face: packets of the core into the burst, shards of the decoder into the core. */
    private final class Packets implements PacketSink, RecoveredShards {
        private int start;

        @Override
        public int beginPacket() {
            start = beginInBurst();
            return start + headerBytes + (agreement.sending() == Sending.PLAIN ? 0 : FecHeader.BYTES);
        }

        @Override
        public byte[] array() {
            return burst.bytes();
        }

        @Override
        public void endPacket(int bodyBytes) {
            FecEncoder fec = encoder;
            if (fec == null || agreement.sending() == Sending.PLAIN) {
                commit(bodyBytes);
                return;
            }
            if (agreement.sending() == Sending.ANNOUNCING) {
                fec.writeLone(burst.bytes(), start + headerBytes, bodyBytes);
                commit(FecHeader.BYTES + bodyBytes);
                return;
            }
            int parity = fec.encodeData(burst.bytes(), start + headerBytes, bodyBytes, nowMs);
            commit(FecHeader.BYTES + bodyBytes);
            int parityBytes = fec.parityPacketBytes(); // gone with the last one
            for (int i = 0; i < parity; i++) {
                int at = beginInBurst();
                fec.writeParity(i, burst.bytes(), at + headerBytes);
                commit(parityBytes);
                stats.parityPktsSent++;
            }
        }

        @Override
        public boolean takesMore(int openBytes) {
            Pacer pace = pacer;
            return output.takesMore() && (pace == null || pace.covers(openBytes));
        }

        @Override
        public void accept(byte[] bytes, int offset, int length) {
            kcp.input(bytes, offset, length, InputKind.RECOVERED, nowMs);
        }

        private int beginInBurst() {
            if (!burst.hasRoom(1)) {
                output.send(burst);
            }
            return burst.begin();
        }

        private void commit(int bodyBytes) {
            int packetBytes = headerBytes + bodyBytes + trailerBytes;
            burst.commit(packetBytes);
            stats.outPkts++;
            stats.outBytes += packetBytes;
            Pacer pace = pacer;
            if (pace != null) {
                pace.spend(packetBytes);
            }
        }
    }
}
