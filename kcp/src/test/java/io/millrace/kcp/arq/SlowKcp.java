package io.millrace.kcp.arq;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The rules of spec: kcp 4.6 to 4.9, with or without those that {@link LossRecovery} adds, written down as they stand
 * there, with plain lists that are scanned from end to end: a model to compare {@link Kcp} with. Numbers and times are small, so that it needs no wrap-around. Its segments have no
 * payload; window 0 and zero-length PUSHes are left to other tests.
 */
final class SlowKcp {
    private static final class Sent {
        final int sn;
        int ts;
        /** Acknowledgements of what was sent before this do not count as overtaking it. */
        int overtakenFromTs;

        int rto;
        int resendTs;
        int xmit;
        int fastAck;
        boolean acked;

        Sent(int sn) {
            this.sn = sn;
        }
    }

    record Ack(int sn, int ts) {}

    private final KcpConfig config;
    private final LossRecovery.Rules rules;
    private final RttEstimator rtt;
    private final List<Sent> sndBuf = new ArrayList<>();
    private final List<Ack> ackList = new ArrayList<>();
    private final TreeSet<Integer> rcvBuf = new TreeSet<>();
    private int sndQueue;
    private int rcvQueue;
    int sndUna;
    int sndNxt;
    int rcvNxt;
    int remoteWindow = 32;
    private boolean tell;
    private int cwnd = 1;
    /** When a segment was acknowledged last; long ago at first. */
    private int lastAckedMs = Integer.MIN_VALUE / 2;

    private int ssthresh = 2;
    private int incr;
    int fast;
    int early;
    int lost;
    int repeats;

    SlowKcp(KcpConfig config, LossRecovery.Rules rules) {
        this.config = config;
        this.rules = rules;
        rtt = new RttEstimator(config.noDelay(), config.intervalMs());
        incr = config.mssBytes();
    }

    int rtoMs() {
        return rtt.rtoMs();
    }

    int waiting() {
        return sndBuf.size() + sndQueue;
    }

    void send(int segments) {
        sndQueue += segments;
    }

    void read(int segments) {
        boolean full = rcvQueue >= config.receiveWindowSegments();
        rcvQueue -= Math.min(segments, rcvQueue);
        advance();
        tell |= full && rcvQueue < config.receiveWindowSegments();
    }

    int readable() {
        return rcvQueue;
    }

    private void advance() {
        while (rcvBuf.contains(rcvNxt) && rcvQueue < config.receiveWindowSegments()) {
            rcvBuf.remove(rcvNxt++);
            rcvQueue++;
        }
    }

    void input(List<Packets.Seg> packet, int nowMs) {
        int una0 = sndUna;
        int latest = -1;
        for (Packets.Seg s : packet) {
            remoteWindow = s.wnd();
            if (s.una() <= sndNxt) {
                if (sndBuf.stream().anyMatch(sent -> sent.sn < s.una() && !sent.acked)) {
                    lastAckedMs = nowMs;
                }
                sndBuf.removeIf(sent -> sent.sn < s.una());
                sndUna = sndBuf.isEmpty() ? sndNxt : sndBuf.get(0).sn;
            }
            if (s.isAck()) {
                latest = s.ts();
                if (s.sn() >= sndUna && s.sn() < sndNxt) {
                    for (Sent sent : sndBuf) {
                        if (sent.sn == s.sn()) {
                            lastAckedMs = sent.acked ? lastAckedMs : nowMs;
                            sent.acked = true;
                        } else if (sent.sn < s.sn()
                                && !sent.acked
                                && sent.overtakenFromTs <= s.ts()
                                && sent.fastAck != -1) {
                            sent.fastAck++;
                        }
                    }
                }
            } else if (s.isPush()) {
                boolean repeat = true;
                if (s.sn() < rcvNxt + config.receiveWindowSegments()) {
                    ackList.add(new Ack(s.sn(), s.ts()));
                    if (s.sn() >= rcvNxt) {
                        repeat = !rcvBuf.add(s.sn());
                        advance();
                    }
                }
                repeats += repeat ? 1 : 0;
            } else if (s.isWask()) {
                tell = true;
            }
        }
        if (latest >= 0 && nowMs - latest >= 0) {
            rtt.sample(nowMs - latest);
        }
        if (sndUna > una0 && cwnd < remoteWindow) {
            grow();
        }
    }

    private void grow() {
        int mss = config.mssBytes();
        if (cwnd < ssthresh) {
            cwnd++;
            incr += mss;
        } else {
            incr = Math.max(incr, mss);
            incr += mss * mss / incr + mss / 16;
            if ((cwnd + 1) * mss <= incr) {
                cwnd = (incr + mss - 1) / mss;
            }
        }
        if (cwnd > remoteWindow) {
            cwnd = remoteWindow;
            incr = remoteWindow * mss;
        }
    }

    /** A full flush: what it sends, as {@link Packets.Seg#brief} says it, data last. */
    List<String> flush(int nowMs) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < ackList.size(); i++) {
            Ack ack = ackList.get(i);
            if (ack.sn >= rcvNxt || i == ackList.size() - 1) {
                out.add("ACK " + ack.sn + "@" + ack.ts);
            }
        }
        ackList.clear();
        if (tell) {
            out.add("WINS");
            tell = false;
        }
        int inFlight = (int) sndBuf.stream().filter(sent -> !sent.acked).count();
        int win = Math.min(config.sendWindowSegments(), remoteWindow);
        if (config.congestionControl()) {
            win = Math.min(win, cwnd);
        }
        int newSegs = 0;
        while (sndNxt < sndUna + win && sndQueue > 0) {
            sndQueue--;
            sndBuf.add(new Sent(sndNxt++));
            newSegs++;
        }
        int resent = config.fastResend() > 0 ? config.fastResend() : Integer.MAX_VALUE;
        int change = 0;
        int timeouts = 0;
        for (Sent s : sndBuf) {
            if (s.acked) {
                continue;
            }
            s.overtakenFromTs = s.xmit == 0 ? nowMs : s.overtakenFromTs;
            if (s.xmit == 0) {
                s.rto = rtt.rtoMs();
            } else if (s.fastAck != -1 && s.fastAck >= resent) {
                sendOvertaken(s, nowMs);
                change++;
                fast++;
            } else if (s.fastAck > 0 && newSegs == 0) {
                sendOvertaken(s, nowMs);
                change++;
                early++;
            } else if (nowMs - s.resendTs >= 0 && s.xmit == 1 && s.fastAck == 0 && nowMs < laterDue(s, inFlight)) {
                s.resendTs = laterDue(s, inFlight);
                continue;
            } else if (nowMs - s.resendTs >= 0) {
                s.rto += config.noDelay() ? rtt.rtoMs() / 2 : rtt.rtoMs();
                s.fastAck = 0;
                s.overtakenFromTs = nowMs;
                timeouts++;
                lost++;
            } else {
                continue;
            }
            s.xmit++;
            s.ts = nowMs;
            s.resendTs = nowMs + s.rto;
            out.add("PUSH " + s.sn);
        }
        if (change > 0) {
            ssthresh = Math.max((sndNxt - sndUna) / 2, 2);
            cwnd = Math.max(1, ssthresh + (config.fastResend() > 0 ? config.fastResend() : -1));
            incr = cwnd * config.mssBytes();
        }
        if (timeouts > 0) {
            ssthresh = Math.max(win / 2, 2);
            cwnd = 1;
            incr = config.mssBytes();
        }
        return out;
    }

    private void sendOvertaken(Sent s, int nowMs) {
        s.rto = rtt.rtoMs();
        s.fastAck = rules == LossRecovery.Rules.KCP_GO ? -1 : 0;
        s.overtakenFromTs = nowMs + 1;
    }

    /** When a first timeout is due that has reason to wait; see {@link LossRecovery}. */
    private int laterDue(Sent s, int inFlight) {
        boolean slack =
                config.rtoSlack().shift() > 0 && inFlight >= config.rtoSlack().minInFlightSegments();
        int due = s.ts + s.rto + (slack ? s.rto / (1 << config.rtoSlack().shift()) : 0);
        int patience = rules == LossRecovery.Rules.KCP_GO ? 0 : Math.max(30, config.intervalMs());
        return Math.max(due, lastAckedMs + patience);
    }

    /** Milliseconds to the next timeout, {@link Integer#MAX_VALUE} for none. */
    int msUntilTimeout(int nowMs) {
        return sndBuf.stream()
                .filter(s -> !s.acked)
                .mapToInt(s -> Math.max(0, s.resendTs - nowMs))
                .min()
                .orElse(Integer.MAX_VALUE);
    }
}
