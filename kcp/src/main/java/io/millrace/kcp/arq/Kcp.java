package io.millrace.kcp.arq;

import io.millrace.kcp.wire.KcpSegmentHeader;
import io.millrace.kcp.wire.Serial;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One end of a KCP session: a reliable byte stream over packets that may be lost, reordered or repeated. A state machine
 * without clock, socket or thread; behaves like kcp-go of 2026-03, but for how it finds losses ({@link LossRecovery}).
 * spec: kcp 4
 *
 * <p>Methods come in four kinds: {@link #input} takes packets; {@link #send} and {@link #read} are the application's
 * commands; {@link #flush} is the only one that makes packets; the rest are getters. After input, {@link #flushWanted}
 * says whether a flush should follow, and after a flush {@link #msUntilFlush} says when the next one is due even if
 * nothing happens. Flushing early is harmless.
 *
 * <p>Times are the low 32 bits of a millisecond clock that never goes back.
 */
public final class Kcp {
    /** How a packet came. */
    public enum InputKind {
        /** From the network. */
        DIRECT,
        /** Recovered by FEC: its window and stamps are old and do not count. spec: kcp 4.6 */
        RECOVERED
    }

    /** What {@link #input} found. */
    public enum InputResult {
        /** All segments were taken. */
        OK,
        /** Less than one header. */
        TOO_SHORT,
        /** A segment of another conversation. */
        WRONG_CONV,
        /** A length beyond the packet's end. */
        BAD_LENGTH,
        /** An unknown command. */
        BAD_COMMAND
    }

    /** How much a flush does. */
    public enum FlushMode {
        /** Nothing needs to be sent. */
        NONE,
        /** Acknowledgements and probes. */
        ACK_ONLY,
        /** Everything: also lost and new data. */
        FULL
    }

    /** Before the first packet of the peer, its window is taken to be this. spec: kcp 4.1 */
    static final int INITIAL_REMOTE_WINDOW = 32;

    private final int conv;
    private final KcpConfig config;
    private final int startMs;
    private final SegmentPool pool;
    private final SendBuffer sendBuffer;
    private final ReceiveBuffer receiveBuffer;
    private final AckList acks = new AckList();
    private final LossRecovery recovery;
    private final CongestionControl congestion;
    private final WindowProbe probe = new WindowProbe();
    private final KcpStats stats = new KcpStats();

    private int remoteWindow = INITIAL_REMOTE_WINDOW;
    private int widestRemoteWindow = INITIAL_REMOTE_WINDOW;
    private final MinRtt minRtt = new MinRtt();
    /** A window announcement is owed. */
    private boolean tellWindow;

    private boolean fecInUse;
    /** Input since the last flush moved una or found a loss. */
    private boolean progressed;

    private boolean heard;
    /** When a packet last showed that the peer knows what was sent to it. */
    private int heardMs;
    /** When something was last sent to which an answer is due, while none was. */
    private int waitingSinceMs;
    /** A sign of life was asked for since the peer was heard. */
    private boolean signDue;

    private int largestAckedBytes;
    /** The number that was next when una moved last: whoever acknowledges that one or a later one knows of all before una. */
    private int nextAtUna;

    private boolean peerForgot;

    private int ackDueMs;
    /** Early retransmission is to be tried at {@link #earlyDueMs}. */
    private boolean earlyDue;

    private int earlyDueMs;

    // The packet being written; sink is null outside of flush.
    private @Nullable PacketSink sink;
    private byte[] packet = new byte[0];
    private int packetStart;
    private int packetEnd;
    private boolean packetOpen;

    /**
     * A fresh session, sequence numbers from 0.
     *
     * @param conv conversation id, any value
     * @param pool spare segments, shared by the sessions of one thread
     * @param nowMs the time of its birth
     */
    public Kcp(int conv, KcpConfig config, SegmentPool pool, int nowMs) {
        this(conv, config, pool, nowMs, 0);
    }

    /** For tests of the wrap-around: both directions start at {@code firstSn}. */
    Kcp(int conv, KcpConfig config, SegmentPool pool, int nowMs, int firstSn) {
        this(conv, config, pool, nowMs, firstSn, LossRecovery.Rules.MILLRACE);
    }

    /** For comparison with kcp-go's way of finding losses. */
    Kcp(int conv, KcpConfig config, SegmentPool pool, int nowMs, int firstSn, LossRecovery.Rules rules) {
        this.conv = conv;
        this.config = config;
        this.pool = pool;
        this.startMs = nowMs;
        this.sendBuffer = new SendBuffer(pool, firstSn);
        this.nextAtUna = firstSn;
        this.receiveBuffer = new ReceiveBuffer(pool, firstSn, config.receiveWindowSegments());
        this.recovery = new LossRecovery(sendBuffer, config, rules);
        this.congestion = config.congestionControl()
                ? new KcpCongestionControl(config.mssBytes(), config.fastResend())
                : new NoCongestionControl();
    }

    /** Conversation id. */
    public int conv() {
        return conv;
    }

    /** The settings it was made with. */
    public KcpConfig config() {
        return config;
    }

    /** Its counters, live. */
    public KcpStats stats() {
        return stats;
    }

    /** Smoothed round-trip time, 0 before the first sample. */
    public int srttMs() {
        return recovery.rtt().srttMs();
    }

    /** Current retransmission timeout. */
    public int rtoMs() {
        return recovery.rtt().rtoMs();
    }

    /** Shortest round trip of the last ten to twenty seconds with samples, -1 before the first. */
    public int minRttMs() {
        return minRtt.ms();
    }

    /** Most segments that both ends' windows have ever let be in flight. */
    public int widestWindowSegments() {
        return Math.min(config.sendWindowSegments(), widestRemoteWindow);
    }

    /** The peer's receive window as told last, in segments. */
    public int remoteWindowSegments() {
        return remoteWindow;
    }

    /** First number of ours that the peer has not acknowledged cumulatively ({@code snd_una}). */
    public int unacknowledged() {
        return sendBuffer.una();
    }

    /** Next number of ours to be given ({@code snd_nxt}). */
    int nextNumber() {
        return sendBuffer.next();
    }

    /** Next number of the peer's that is expected in order ({@code rcv_nxt}). */
    int nextExpected() {
        return receiveBuffer.next();
    }

    /** Segments sent (or about to be) and not cumulatively acknowledged, plus those still without a number. */
    public int waitingSegments() {
        return sendBuffer.numberedSegments() + sendBuffer.queuedSegments();
    }

    /** Segments to be sent that have no number yet ({@code snd_queue}). */
    public int queuedSegments() {
        return sendBuffer.queuedSegments();
    }

    /** In-order segments that wait to be read ({@code rcv_queue}). */
    public int readableSegments() {
        return receiveBuffer.queuedSegments();
    }

    /** Transmissions of the oldest segment in flight; 0 if none is. */
    public int oldestTransmissions() {
        Segment oldest = sendBuffer.firstInFlight();
        return oldest == null ? 0 : oldest.transmissions;
    }

    /** Payload bytes of the oldest segment in flight; 0 if none is. */
    public int oldestBytes() {
        Segment oldest = sendBuffer.firstInFlight();
        return oldest == null ? 0 : oldest.length;
    }

    /** Payload bytes of the largest segment that was ever acknowledged. */
    public int largestAckedBytes() {
        return largestAckedBytes;
    }

    /**
     * Whether the peer has acknowledged a segment without knowing of earlier ones that it had acknowledged before: it is not
     * the one that this session was with, or has forgotten it.
     */
    public boolean peerForgot() {
        return peerForgot;
    }

    /** Whether data was received in order: false for a session that nobody ever properly began. */
    public boolean hasReceivedInOrder() {
        return receiveBuffer.hasDelivered();
    }

    /**
     * Whether the peer ever showed that it knows this session: by a packet whose una lies between what we know it to have
     * and what we sent. A peer that has forgotten the session, or took over its address, cannot name such a una, unless
     * nothing was ever acknowledged.
     */
    public boolean isHeard() {
        return heard;
    }

    /** Milliseconds since {@link #isHeard} was shown last; since the session's birth if never. */
    public int msSinceHeard(int nowMs) {
        return Math.max(0, Serial.diff(nowMs, heard ? heardMs : startMs));
    }

    /**
     * Milliseconds for which an answer has been awaited and nothing was heard (see {@link #isHeard}); 0 when the peer owes
     * none. It owes one while anything is in flight, its window is closed, or it was asked for a sign.
     */
    public int silenceMs(int nowMs) {
        if (!owesAnswer()) {
            return 0;
        }
        int sinceMs = heard && Serial.before(waitingSinceMs, heardMs) ? heardMs : waitingSinceMs;
        return Math.max(0, Serial.diff(nowMs, sinceMs));
    }

    private boolean owesAnswer() {
        return sendBuffer.numberedSegments() > 0 || remoteWindow == 0 || signDue;
    }

    /**
     * Asks the peer for a sign of life with the next full flush: to tell its window, and to acknowledge the oldest segment in
     * flight, which is repeated if that was necessary before. A peer that lives and knows the session answers soon. spec: kcp 4.7 (2)
     */
    public void askForSign(int nowMs) {
        if (!owesAnswer()) {
            waitingSinceMs = nowMs;
        }
        signDue = true;
        probe.ask();
        Segment oldest = sendBuffer.firstInFlight();
        if (oldest != null) {
            recovery.hasten(oldest, nowMs);
        }
    }

    /** Received segments in memory: in order and not read, or out of order; at most twice the receive window. */
    public int receivedSegments() {
        return receiveBuffer.queuedSegments() + receiveBuffer.outOfOrderSegments();
    }

    /** In-order bytes that {@link #read} would hand out. */
    public int readableBytes() {
        return receiveBuffer.readableBytes();
    }

    /**
     * Payload bytes that could be sent at once: what the windows leave after what is in flight and queued. A session
     * that gives no more than this to {@link #send} keeps its backlog where it can still be scheduled.
     */
    public int sendCapacityBytes() {
        long segments = (long) effectiveWindow() - sendBuffer.numberedSegments() - sendBuffer.queuedSegments();
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, segments) * config.mssBytes());
    }

    /**
     * Takes bytes to be sent, topping up the last segment that has no number yet. They leave with the next full flush
     * that the windows allow. The caller bounds how much it gives. spec: kcp 4.3
     *
     * @param source its reader index advances by what was taken
     * @param maxBytes most bytes to take
     */
    public void send(ByteBuf source, int maxBytes) {
        int left = Math.min(maxBytes, source.readableBytes());
        stats.bytesSent += left;
        Segment segment = sendBuffer.queue().last();
        while (left > 0) {
            if (segment == null || segment.length >= config.mssBytes()) {
                segment = pool.acquire();
                sendBuffer.queue().add(segment);
            }
            int bytes = Math.min(left, config.mssBytes() - segment.length);
            source.readBytes(segment.data, segment.length, bytes);
            segment.length += bytes;
            left -= bytes;
        }
    }

    /** Moves in-order bytes to {@code target}, as many as fit into its writable bytes. spec: kcp 4.4 */
    public void read(ByteBuf target) {
        int before = target.writerIndex();
        tellWindow |= receiveBuffer.read(target);
        stats.bytesReceived += target.writerIndex() - before;
    }

    /**
     * Takes one packet without crypto and FEC headers. Segments before a bad one stay taken. spec: kcp 4.6, 6.4
     *
     * @param bytes holds the packet; what is needed of it is copied
     */
    public InputResult input(byte[] bytes, int offset, int length, InputKind kind, int nowMs) {
        InputResult result = parse(bytes, offset, length, kind, nowMs);
        if (result != InputResult.OK) {
            stats.kcpInErrors++;
        }
        return result;
    }

    private InputResult parse(byte[] bytes, int offset, int length, InputKind kind, int nowMs) {
        if (length < KcpSegmentHeader.BYTES) {
            return InputResult.TOO_SHORT;
        }
        boolean direct = kind == InputKind.DIRECT;
        int unaBefore = sendBuffer.una();
        boolean sawAck = false;
        boolean knowsUs = false;
        int latestTs = 0;
        int segments = 0;
        int at = offset;
        int end = offset + length;
        InputResult result = InputResult.OK;
        while (end - at >= KcpSegmentHeader.BYTES) {
            int cmd = KcpSegmentHeader.cmd(bytes, at);
            long len = KcpSegmentHeader.len(bytes, at);
            if (KcpSegmentHeader.conv(bytes, at) != conv) {
                result = InputResult.WRONG_CONV;
                break;
            }
            if (len > end - at - KcpSegmentHeader.BYTES) {
                result = InputResult.BAD_LENGTH;
                break;
            }
            if (cmd < KcpSegmentHeader.CMD_PUSH || cmd > KcpSegmentHeader.CMD_WINS) {
                result = InputResult.BAD_COMMAND;
                break;
            }
            if (direct) {
                remoteWindow = KcpSegmentHeader.wnd(bytes, at);
                widestRemoteWindow = Math.max(widestRemoteWindow, remoteWindow);
            }
            int una = KcpSegmentHeader.una(bytes, at);
            knowsUs |= !Serial.before(una, sendBuffer.una()) && !Serial.before(sendBuffer.next(), una);
            acknowledgeUpTo(una, nowMs);
            int sn = KcpSegmentHeader.sn(bytes, at);
            int ts = KcpSegmentHeader.ts(bytes, at);
            if (cmd == KcpSegmentHeader.CMD_ACK) {
                if (Serial.before(una, sendBuffer.una()) && !Serial.before(sn, nextAtUna)) {
                    peerForgot |= sendBuffer.contains(sn);
                }
                acknowledge(sn, ts, nowMs);
                sawAck = true;
                latestTs = ts;
            } else if (cmd == KcpSegmentHeader.CMD_PUSH) {
                boolean fresh = receive(sn, ts, bytes, at + KcpSegmentHeader.BYTES, (int) len, nowMs);
                if (direct && !fresh) {
                    stats.repeatSegs++;
                }
            } else if (cmd == KcpSegmentHeader.CMD_WASK) {
                tellWindow = true;
            }
            segments++;
            at += KcpSegmentHeader.BYTES + (int) len;
        }
        if (result == InputResult.OK) {
            stats.inSegs += segments;
        }
        if (direct) {
            probe.observe(remoteWindow, nowMs);
            if (knowsUs) {
                heard = true;
                heardMs = nowMs;
                signDue = false;
            }
        }
        if (recovery.countOvertaken()) {
            progressed = true;
        }
        if (recovery.hasOvertaken() && !earlyDue) {
            earlyDue = true;
            earlyDueMs = nextTick(nowMs);
        }
        if (sawAck && direct && result == InputResult.OK) {
            int rttMs = recovery.sampleRtt(latestTs, nowMs);
            if (rttMs >= 0) {
                minRtt.sample(rttMs, nowMs);
                congestion.onRtt(rttMs, nowMs);
            }
        }
        int advanced = sendBuffer.una() - unaBefore;
        if (advanced > 0) {
            nextAtUna = sendBuffer.next();
            progressed = true;
            congestion.onAcked(advanced, remoteWindow, nowMs);
        }
        return result;
    }

    /** Everything below una has arrived. A una that was never sent is ignored. spec: kcp 6.4 (4) */
    private void acknowledgeUpTo(int una, int nowMs) {
        if (Serial.before(sendBuffer.next(), una)) {
            return;
        }
        for (Segment s = sendBuffer.firstBelow(una); s != null; s = sendBuffer.firstBelow(una)) {
            forget(s, nowMs);
            sendBuffer.dropFirst();
        }
    }

    private void acknowledge(int sn, int ts, int nowMs) {
        Segment segment = sendBuffer.get(sn);
        if (segment != null) {
            forget(segment, nowMs);
        }
        if (sendBuffer.contains(sn) && recovery.onAckSegment(sn, ts)) {
            progressed = true;
        }
    }

    private void forget(Segment segment, int nowMs) {
        if (!segment.acked) {
            largestAckedBytes = Math.max(largestAckedBytes, segment.length);
            recovery.onAcked(segment, nowMs);
            sendBuffer.markAcked(segment);
        }
    }

    private boolean receive(int sn, int ts, byte[] bytes, int offset, int length, int nowMs) {
        if (!receiveBuffer.belowWindowEnd(sn)) {
            return false;
        }
        if (acks.isEmpty()) {
            ackDueMs = nextTick(nowMs);
        }
        // Old duplicates are acknowledged too, else the peer repeats them for ever. spec: kcp 7.17
        if (!acks.add(sn, ts)) {
            return false;
        }
        return receiveBuffer.store(sn, bytes, offset, length);
    }

    /**
     * Acknowledgements and early retransmissions wait for the next tick of a grid of {@code intervalMs}: half of it on
     * average. The grid is that of the clock, not of the session, so that one wake-up serves all sessions of an endpoint.
     */
    private int nextTick(int nowMs) {
        int interval = config.intervalMs();
        return nowMs + interval - Math.floorMod(nowMs, interval);
    }

    /** Whether so many acknowledgements are owed that a flush should not wait for more input. spec: kcp 6.4 (7) */
    public boolean ackListFull() {
        return acks.isFull();
    }

    /** What flush the input since the last one calls for. spec: kcp 4.6 (end), 7.27 */
    public FlushMode flushWanted() {
        if (progressed || tellWindow) {
            return FlushMode.FULL;
        }
        return acksWanted() ? FlushMode.ACK_ONLY : FlushMode.NONE;
    }

    /** Many acknowledgements leave at once; but a peer told of a gap repeats what FEC may be about to bring. */
    private boolean acksWanted() {
        return !acks.isEmpty()
                && (config.ackNoDelay()
                        || (acks.size() >= config.mtuBytes() / KcpSegmentHeader.BYTES
                                && !(fecInUse && receiveBuffer.outOfOrderSegments() > 0)));
    }

    /** Whether the peer sends with FEC, so that missing segments may come without being sent again. */
    public void setFecInUse(boolean used) {
        fecInUse = used;
    }

    /**
     * Makes the packets that are due and hands them to {@code target}. spec: kcp 4.7
     *
     * @param mode {@code NONE} does nothing
     */
    public void flush(FlushMode mode, int nowMs, PacketSink target) {
        if (mode == FlushMode.NONE) {
            return;
        }
        sink = target;
        try {
            writeDue(mode, nowMs);
        } finally { // a sink that throws leaves what it did not take to retransmission
            sink = null;
            packetOpen = false;
        }
    }

    private void writeDue(FlushMode mode, int nowMs) {
        int window = receiveBuffer.advertisedWindow();
        int una = receiveBuffer.next();
        int lastSn = 0;
        int lastTs = 0;
        for (int i = 0; i < acks.size(); i++) {
            // Those below una are covered by it; the last is always sent, it carries the round-trip sample.
            if (i == acks.size() - 1 || !Serial.before(acks.sn(i), una)) {
                lastSn = acks.sn(i);
                lastTs = acks.ts(i);
                writeHeader(KcpSegmentHeader.CMD_ACK, window, lastTs, lastSn, una, 0);
            }
        }
        acks.clear();
        if (probe.poll(nowMs)) {
            writeHeader(KcpSegmentHeader.CMD_WASK, window, lastTs, lastSn, una, 0);
        }
        if (tellWindow) {
            tellWindow = false;
            writeHeader(KcpSegmentHeader.CMD_WINS, window, lastTs, lastSn, una, 0);
        }
        if (mode == FlushMode.FULL) {
            progressed = false;
            flushData(window, una, nowMs);
        }
        endPacket();
    }

    private void flushData(int window, int una, int nowMs) {
        int effectiveWindow = effectiveWindow();
        int room = Math.max(0, effectiveWindow - sendBuffer.numberedSegments());
        int newSegments = Math.min(room, sendBuffer.queuedSegments());
        int sent = 0;
        Segment lost = recovery.firstOvertaken(newSegments);
        while (lost != null && mayTransmit(sent)) {
            transmit(lost, recovery.overtakenReason(lost, newSegments), window, una, nowMs);
            sent++;
            lost = recovery.nextOvertaken(lost, newSegments);
        }
        if (lost != null) {
            recovery.keepOvertaken();
            progressed = true;
        }
        while (mayTransmit(sent)) {
            Segment late = recovery.pollTimedOut(nowMs);
            if (late == null) {
                break;
            }
            transmit(late, LossRecovery.Reason.TIMEOUT, window, una, nowMs);
            sent++;
        }
        if (newSegments > 0 && !owesAnswer()) {
            waitingSinceMs = nowMs;
        }
        for (int i = 0; i < newSegments && mayTransmit(sent); i++) {
            Segment segment = sendBuffer.numberNext();
            if (segment != null) {
                transmit(segment, LossRecovery.Reason.FIRST, window, una, nowMs);
                sent++;
            }
        }
        int overtaken = recovery.takeFastAndEarly(stats);
        if (overtaken > 0) {
            congestion.onFastRetransmit(overtaken, sendBuffer.numberedSegments(), nowMs);
        }
        int timedOut = recovery.takeTimeouts(stats);
        if (timedOut > 0) {
            congestion.onTimeout(timedOut, effectiveWindow, nowMs);
        }
        earlyDue = recovery.hasOvertaken();
        if (earlyDue) {
            earlyDueMs = nextTick(nowMs);
        }
    }

    /** Whether a data segment may follow those sent in this flush. */
    private boolean mayTransmit(int sent) {
        PacketSink target = sink;
        return sent == 0 || target == null || target.takesMore(packetOpen ? packetEnd - packetStart : 0);
    }

    private void transmit(Segment segment, LossRecovery.Reason reason, int window, int una, int nowMs) {
        recovery.onTransmit(segment, reason, nowMs);
        stats.maxTransmissions = Math.max(stats.maxTransmissions, segment.transmissions);
        writeHeader(KcpSegmentHeader.CMD_PUSH, window, segment.ts, segment.sn, una, segment.length);
        System.arraycopy(segment.data, 0, packet, packetEnd, segment.length);
        packetEnd += segment.length;
        congestion.onSent(segment.sn, segment.length, sendBuffer.numberedSegments(), segment.transmissions, nowMs);
    }

    /** Writes a header into the open packet, or into a new one if header and payload do not fit. */
    private void writeHeader(int cmd, int window, int ts, int sn, int una, int payloadBytes) {
        int bytes = KcpSegmentHeader.BYTES + payloadBytes;
        if (packetOpen && packetEnd - packetStart + bytes > config.mtuBytes()) {
            endPacket();
        }
        PacketSink target = sink;
        if (!packetOpen && target != null) {
            packetStart = target.beginPacket();
            packet = target.array();
            packetEnd = packetStart;
            packetOpen = true;
        }
        KcpSegmentHeader.write(packet, packetEnd, conv, cmd, window, ts, sn, una, payloadBytes);
        packetEnd += KcpSegmentHeader.BYTES;
        stats.outSegs++;
    }

    private void endPacket() {
        PacketSink target = sink;
        if (packetOpen && target != null) {
            packetOpen = false;
            target.endPacket(packetEnd - packetStart);
        }
    }

    private int effectiveWindow() {
        return Math.min(congestion.windowSegments(), Math.min(config.sendWindowSegments(), remoteWindow));
    }

    /**
     * Milliseconds until a full flush is due if nothing else happens: an acknowledgement, a retransmission or a window
     * probe. What {@link #flushWanted} says comes on top. 0 if one is due now, {@link Integer#MAX_VALUE} for a session at rest.
     */
    public int msUntilFlush(int nowMs) {
        int ms = Math.min(recovery.msUntilTimeout(nowMs), probe.msUntilNext(nowMs));
        if (!acks.isEmpty()) {
            ms = Math.min(ms, msUntilAcksDue(nowMs));
        }
        if (earlyDue) {
            ms = Math.min(ms, Math.max(0, Serial.diff(earlyDueMs, nowMs)));
        }
        if (sendBuffer.queuedSegments() > 0 && sendBuffer.numberedSegments() < effectiveWindow()) {
            ms = 0;
        }
        return ms;
    }

    private int msUntilAcksDue(int nowMs) {
        return Math.max(0, Serial.diff(ackDueMs, nowMs));
    }

    /**
     * Milliseconds until a flush of acknowledgements alone has something to do, if data must wait; {@link Integer#MAX_VALUE} if
     * nothing is owed.
     */
    public int msUntilAckFlush(int nowMs) {
        if (tellWindow || acksWanted()) {
            return 0;
        }
        return acks.isEmpty() ? Integer.MAX_VALUE : msUntilAcksDue(nowMs);
    }

    /** Gives all segments back to the pool; the session must not be used after. */
    public void release() {
        recovery.releaseAll();
        sendBuffer.releaseAll();
        receiveBuffer.releaseAll();
        acks.clear();
    }
}
