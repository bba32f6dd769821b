package io.millrace.tunnel.stats;

import io.millrace.kcp.fec.FecDecoder;
import io.millrace.kcp.session.KcpSession;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The counters of kcptun's statistics log, in its order and under its names (the columns of 2025 and later). Totals are
 * sums over all sessions since the program's start; gauges speak of the sessions there are now. spec: kcp 5.8
 */
@SuppressWarnings("ImmutableEnumChecker") // the functions have no state
public enum SnmpCounter {
    /** Bytes of the applications, as the tunnel carries them, that were taken to be sent. */
    BYTES_SENT("BytesSent", Kind.TOTAL, session -> session.kcp().stats().bytesSent),
    /** Such bytes received in order. */
    BYTES_RECEIVED("BytesReceived", Kind.TOTAL, session -> session.kcp().stats().bytesReceived),
    /** Most sessions at once. */
    MAX_CONN("MaxConn"),
    /** Sessions begun by this program. */
    ACTIVE_OPENS("ActiveOpens"),
    /** Sessions begun by peers. */
    PASSIVE_OPENS("PassiveOpens"),
    /** Sessions now. */
    CURR_ESTAB("CurrEstab"),
    /** Datagrams to a client that did not come from its server. */
    IN_ERRS("InErrs"),
    /** Packets whose checksum or tag is wrong. */
    IN_CSUM_ERRORS("InCsumErrors"),
    /** Packets that KCP refused, or found damaged after their first segments. */
    KCP_IN_ERRORS("KCPInErrors", Kind.TOTAL, session -> session.kcp().stats().kcpInErrors),
    /** Packets that passed the cipher and belong to a session. */
    IN_PKTS("InPkts", Kind.TOTAL, session -> session.stats().inPkts),
    /** Packets sent, parity included. */
    OUT_PKTS("OutPkts", Kind.TOTAL, session -> session.stats().outPkts),
    /** KCP segments received, in recovered packets too. */
    IN_SEGS("InSegs", Kind.TOTAL, session -> session.kcp().stats().inSegs),
    /** KCP segments sent: data, acknowledgements, probes. */
    OUT_SEGS("OutSegs", Kind.TOTAL, session -> session.kcp().stats().outSegs),
    /** Bytes of {@link #IN_PKTS} without the cipher's header and trailer. */
    IN_BYTES("InBytes", Kind.TOTAL, session -> session.stats().inBytes),
    /** UDP payload of {@link #OUT_PKTS}. */
    OUT_BYTES("OutBytes", Kind.TOTAL, session -> session.stats().outBytes),
    /** Data segments sent again: the sum of the next three. */
    RETRANS_SEGS("RetransSegs", Kind.TOTAL, session -> session.kcp().stats().retransSegs()),
    /** ... because later ones were acknowledged, as many as {@code resend} says. */
    FAST_RETRANS_SEGS("FastRetransSegs", Kind.TOTAL, session -> session.kcp().stats().fastRetransSegs),
    /** ... because later ones were acknowledged, and there was nothing new to send. */
    EARLY_RETRANS_SEGS("EarlyRetransSegs", Kind.TOTAL, session -> session.kcp().stats().earlyRetransSegs),
    /** ... because their time was over. */
    LOST_SEGS("LostSegs", Kind.TOTAL, session -> session.kcp().stats().lostSegs),
    /** Data segments received that had been there already, or were beyond the window. */
    REPEAT_SEGS("RepeatSegs", Kind.TOTAL, session -> session.kcp().stats().repeatSegs),
    /** FEC groups of which all data arrived. */
    FEC_FULL_SHARDS("FECFullShards", Kind.TOTAL, ofDecoder(FecDecoder::fecFullShards)),
    /** Parity packets received. */
    FEC_PARITY_SHARDS("FECParityShards", Kind.TOTAL, ofDecoder(FecDecoder::fecParityShards)),
    /** Recovered packets that cannot be right. */
    FEC_ERRS("FECErrs", Kind.TOTAL, ofDecoder(FecDecoder::fecErrs)),
    /** Lost packets that FEC brought back. */
    FEC_RECOVERED("FECRecovered", Kind.TOTAL, ofDecoder(FecDecoder::fecRecovered)),
    /** FEC groups held in memory. */
    FEC_SHARD_SET("FECShardSet", Kind.GAUGE, ofDecoder(FecDecoder::fecShardSet)),
    /** Number of the newest FEC group; of several sessions, the largest. */
    FEC_SHARD_MIN("FECShardMin", Kind.LARGEST, ofDecoder(FecDecoder::fecShardMin)),
    /** Segments that wait for room in the window. */
    RING_BUFFER_SND_QUEUE(
            "RingBufferSndQueue", Kind.GAUGE, session -> session.kcp().queuedSegments()),
    /** Received segments, in order, that were not taken yet. */
    RING_BUFFER_RCV_QUEUE(
            "RingBufferRcvQueue", Kind.GAUGE, session -> session.kcp().readableSegments()),
    /** Segments sent and not acknowledged. */
    RING_BUFFER_SND_BUFFER(
            "RingBufferSndBuffer",
            Kind.GAUGE,
            session -> session.kcp().waitingSegments() - session.kcp().queuedSegments()),
    /** Out-of-band packets, which are ignored. */
    OOB_PACKETS("OOBPackets", Kind.TOTAL, session -> session.stats().oobPackets);

    /** How the values of several sessions become one. */
    private enum Kind {
        /** Counted beside the sessions. */
        PROCESS,
        TOTAL,
        GAUGE,
        LARGEST
    }

    private static final SnmpCounter[] ALL = values();

    private final String column;
    private final Kind kind;
    private final @Nullable ToLongFunction<KcpSession> ofSession;

    SnmpCounter(String column) {
        this.column = column;
        this.kind = Kind.PROCESS;
        this.ofSession = null;
    }

    SnmpCounter(String column, Kind kind, ToLongFunction<KcpSession> ofSession) {
        this.column = column;
        this.kind = kind;
        this.ofSession = ofSession;
    }

    private static ToLongFunction<KcpSession> ofDecoder(ToLongFunction<FecDecoder> value) {
        return session -> {
            FecDecoder decoder = session.fecDecoder();
            return decoder == null ? 0 : value.applyAsLong(decoder);
        };
    }

    /** Its name in the CSV file. */
    public String column() {
        return column;
    }

    /** Adds what a living session has. */
    static void addLive(KcpSession session, long[] values) {
        for (SnmpCounter counter : ALL) {
            counter.add(session, values, false);
        }
    }

    /** Adds what is left of a session that ended: no gauges. */
    static void addClosed(KcpSession session, long[] values) {
        for (SnmpCounter counter : ALL) {
            counter.add(session, values, true);
        }
    }

    @SuppressWarnings("EnumOrdinal") // the arrays are made and read in this package only, in this order
    private void add(KcpSession session, long[] values, boolean closed) {
        ToLongFunction<KcpSession> of = ofSession;
        if (of == null || (closed && kind != Kind.TOTAL)) {
            return;
        }
        long value = of.applyAsLong(session);
        values[ordinal()] = kind == Kind.LARGEST ? Math.max(values[ordinal()], value) : values[ordinal()] + value;
    }

    /** Joins the values of two event loops. */
    static void join(long[] from, long[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = ALL[i].kind == Kind.LARGEST ? Math.max(into[i], from[i]) : into[i] + from[i];
        }
    }
}
