package io.millrace.tunnel.diagnosis;

import io.millrace.kcp.DropReason;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.arq.Kcp;
import io.millrace.kcp.fec.FecAgreement;
import io.millrace.kcp.wire.KcpSegmentHeader;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.tunnel.diagnosis.SessionDiagnosis.Step;
import io.millrace.tunnel.net.AddressText;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the sessions of one event loop and says in the log what is probably set wrong, in the words of the settings.
 * Costs nothing while there are no sessions.
 */
public final class SessionWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SessionWatch.class);
    private static final long CLIENT_TICK_MS = 500;
    /** A server may have thousands of sessions. */
    private static final long SERVER_TICK_MS = 2_000;

    /** Addresses of a client's server: a name has few, a range of ports more. */
    private static final int MAX_PEERS = 1024;

    private static final int SAFE_MTU_BYTES = 1200;

    private final String crypt;
    private final String format;
    /** For probes; null for none. */
    private final @Nullable Class<? extends DatagramChannel> udpChannel;

    private final boolean client;

    private final Map<KcpChannel, SessionDiagnosis> sessions = new HashMap<>();
    private final List<KcpChannel> looking = new ArrayList<>();
    private final SessionReading reading = new SessionReading();
    private final ChecksumFailures checksums = new ChecksumFailures();
    /** Where good packets came from: a bad one from there was damaged on the way. */
    private final Set<InetSocketAddress> goodPeers = new HashSet<>();

    private @Nullable Future<?> tick;

    /** A client gives sessions up that have no answer, and tries with new ones. */
    private final Map<InetSocketAddress, Long> unansweredSinceMs = new HashMap<>();

    private final SaidLately said;

    private SessionWatch(
            boolean client,
            String crypt,
            String format,
            @Nullable Class<? extends DatagramChannel> udpChannel,
            SaidLately said) {
        this.client = client;
        this.crypt = crypt;
        this.format = format;
        this.udpChannel = udpChannel;
        this.said = said;
    }

    /**
     * For a client's event loop.
     *
     * @param crypt name of the cipher
     * @param format smux version and compression, in the words of the settings
     * @param udpChannel type of the sockets that ask whether a port is closed; null if the packets are no UDP
     * @param said what the program's event loops have said
     */
    public static SessionWatch client(
            String crypt, String format, @Nullable Class<? extends DatagramChannel> udpChannel, SaidLately said) {
        return new SessionWatch(true, crypt, format, udpChannel, said);
    }

    /** For a server's event loop; {@code crypt} is the name of the cipher. */
    public static SessionWatch server(String crypt, SaidLately said) {
        return new SessionWatch(false, crypt, "", null, said);
    }

    /** A session began. */
    public void opened(KcpChannel session) {
        long since = unansweredSinceMs.getOrDefault(session.remoteAddress(), SessionDiagnosis.NEVER);
        sessions.put(session, new SessionDiagnosis(client, since));
        if (!client) {
            goodPeers.add(session.remoteAddress());
        }
        if (tick == null) {
            EventLoop loop = session.parent().eventLoop();
            long periodMs = client ? CLIENT_TICK_MS : SERVER_TICK_MS;
            tick = loop.scheduleAtFixedRate(() -> lookAtAll(nowMs(loop)), periodMs, periodMs, TimeUnit.MILLISECONDS);
        }
    }

    /** A session ended. */
    public void closed(KcpChannel session) {
        sessions.remove(session);
        goodPeers.remove(session.remoteAddress());
        Future<?> present = tick;
        if (sessions.isEmpty() && present != null) {
            present.cancel(false);
            tick = null;
        }
    }

    private static long nowMs(EventLoop loop) {
        return TimeUnit.NANOSECONDS.toMillis(loop.ticker().nanoTime());
    }

    private void lookAtAll(long nowMs) {
        looking.addAll(sessions.keySet()); // a nudge may close a session
        for (int i = 0; i < looking.size(); i++) {
            KcpChannel session = looking.get(i);
            SessionDiagnosis diagnosis = sessions.get(session);
            if (diagnosis != null && session.isOpen()) {
                look(session, diagnosis, nowMs);
            }
        }
        looking.clear();
    }

    private void look(KcpChannel session, SessionDiagnosis diagnosis, long nowMs) {
        Kcp kcp = session.session().kcp();
        reading.sentPkts = session.session().stats().outPkts;
        reading.goodPkts = session.session().stats().inPkts;
        reading.badPkts = client ? session.datagramCounters().dropped(DropReason.BAD_CHECKSUM) : 0;
        reading.receivedBytes = kcp.stats().bytesReceived;
        reading.waiting = kcp.waitingSegments() > 0;
        reading.oldestSn = kcp.unacknowledged();
        reading.oldestTransmissions = kcp.oldestTransmissions();
        reading.oldestBytes = kcp.oldestBytes();
        reading.largestAckedBytes = kcp.largestAckedBytes();
        reading.peerForgot = kcp.peerForgot();
        if (client && reading.goodPkts > 0) {
            goodPeers.add(session.remoteAddress());
        }
        Step step = diagnosis.check(reading, nowMs);
        if (client) {
            noteAnswer(session.remoteAddress(), reading.goodPkts > 0, diagnosis.unansweredSinceMs());
        }
        if (step != Step.NOTHING
                && (step == Step.NUDGE
                        || said.mayFirst(step, session.remoteAddress().getAddress(), nowMs))) {
            act(step, session, diagnosis, nowMs);
        }
    }

    private void noteAnswer(InetSocketAddress peer, boolean answered, long sinceMs) {
        if (answered) {
            unansweredSinceMs.remove(peer);
        } else if (sinceMs != SessionDiagnosis.NEVER && unansweredSinceMs.size() < MAX_PEERS) {
            unansweredSinceMs.putIfAbsent(peer, sinceMs);
        }
    }

    private void act(Step step, KcpChannel session, SessionDiagnosis diagnosis, long nowMs) {
        switch (step) {
            case NOTHING -> {}
            case PROBE_PORT -> probe(session);
            case NUDGE -> {
                SmuxSessionHandler smux = session.pipeline().get(SmuxSessionHandler.class);
                if (smux != null) {
                    smux.sendKeepAlive();
                }
            }
            case NO_ANSWER ->
                LOG.warn(
                        "no answer from {} in {} s: is the server running, the UDP port open, key and crypt equal?",
                        name(session),
                        seconds(diagnosis.sendingForMs(nowMs)));
            case REFUSED ->
                LOG.warn(
                        "{} drops what this client sends: its smuxver or comp (nocomp) differ; here: {}",
                        name(session),
                        format);
            case NOTHING_BACK ->
                LOG.warn(
                        "{} acknowledges what this client sends, and sends nothing itself: do smuxver and comp (nocomp)"
                                + " differ there? Here: {}",
                        name(session),
                        format);
            case FORGOTTEN ->
                LOG.warn(
                        "{} no longer knows this session: was the server restarted, or has an address changed on the way?",
                        name(session));
            case FELL_SILENT ->
                LOG.warn(
                        "no answer from {} for {} s: is the path down, or was the server restarted?",
                        name(session),
                        seconds(diagnosis.silentForMs(nowMs)));
            case MTU_TOO_LARGE -> sayMtu(session);
        }
    }

    private void probe(KcpChannel session) {
        Class<? extends DatagramChannel> type = udpChannel;
        if (type != null) {
            PortProbe.send(
                    session.parent().eventLoop(),
                    type,
                    session.remoteAddress(),
                    () -> LOG.warn(
                            "{} refuses: its host says that nothing listens on UDP port {}; is the server running, with"
                                    + " this port in listen?",
                            name(session),
                            session.remoteAddress().getPort()));
        }
    }

    private static void sayMtu(KcpChannel session) {
        Kcp kcp = session.session().kcp();
        int mtuBytes = session.session().config().kcp().mtuBytes();
        int around = mtuBytes - kcp.config().mssBytes();
        LOG.warn(
                "packets of {} bytes do not get through to {}, and such of {} do: mtu (here {}) is too large for the path;"
                        + " try {} at both ends",
                kcp.oldestBytes() + around,
                name(session),
                kcp.largestAckedBytes() + around,
                mtuBytes,
                Math.min(SAFE_MTU_BYTES, mtuBytes - KcpSegmentHeader.BYTES));
    }

    /** A datagram was dropped. */
    public void packetDropped(DropReason reason, InetSocketAddress from, long nowMs) {
        boolean unreadable = reason == DropReason.BAD_CHECKSUM;
        // Without a checksum, what was enciphered looks like nothing at all.
        boolean unknown = reason == DropReason.NO_SESSION && crypt.equals("null");
        if ((!unreadable && !unknown) || goodPeers.contains(from)) {
            return;
        }
        long packets = checksums.onFailure(from.getAddress(), nowMs);
        if (packets == 0 || !said.mayFirst(reason, from.getAddress(), nowMs)) {
            return;
        }
        String host = from.getAddress().getHostAddress();
        if (unreadable) {
            LOG.warn(
                    "{} packets from {} failed the checksum: key or crypt differ (crypt here: {})",
                    packets,
                    host,
                    crypt);
        } else {
            LOG.warn("{} packets from {} belong to no session: is crypt null there too?", packets, host);
        }
    }

    /** The peer's FEC numbers are not ours. */
    public void fecDiffers(KcpChannel session) {
        FecAgreement fec = session.session().fecAgreement();
        long nowMs = nowMs(session.parent().eventLoop());
        if (!said.mayFirst(FecAgreement.class, session.remoteAddress().getAddress(), nowMs)) {
            return;
        }
        String there = numbers(fec.peerDataShards(), fec.peerParityShards());
        String here = numbers(
                session.session().config().dataShards(),
                session.session().config().parityShards());
        if (fec.peerAdapts()) {
            LOG.info("FEC differs: {} sends {}, here it is {}; both adapt", name(session), there, here);
        } else if (session.session().config().fecEnabled()) {
            LOG.warn(
                    "FEC DIFFERS: {} sends {}, here it is {}. A kcptun of 2021 would CORRUPT DATA with that, so nothing is"
                            + " sent with parity in this session. Set datashard and parityshard to the same at both ends",
                    name(session),
                    there,
                    here);
        } else {
            LOG.warn(
                    "FEC DIFFERS: {} sends {}, here it is off: what comes is protected against loss, what goes is not. Set"
                            + " datashard and parityshard to the same at both ends",
                    name(session),
                    there);
        }
    }

    private static String numbers(int dataShards, int parityShards) {
        return dataShards == 0 || parityShards == 0 ? "without FEC" : dataShards + "/" + parityShards;
    }

    private static long seconds(long ms) {
        return TimeUnit.MILLISECONDS.toSeconds(ms);
    }

    /** The name that was looked up, if one was, and the address. */
    private static String name(KcpChannel session) {
        InetSocketAddress remote = session.remoteAddress();
        String text = AddressText.of(remote);
        String host = remote.getHostString();
        return host.equals(remote.getAddress().getHostAddress())
                ? text
                : host + ":" + remote.getPort() + " (" + text + ")";
    }
}
