package io.millrace.tunnel.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which session of a slot takes new streams, and when one is doubted, replaced, retired or given up. It only decides: it
 * knows no clock, socket or thread, and is called every {@link #TICK_MS} while the slot is in use.
 *
 * <p>KCP has no handshake and no reset, so that a server that died, or was restarted and has forgotten the session, shows
 * only by silence; and so does a bad link. Hence:
 *
 * <ul>
 *   <li>A session whose answer is late is <b>suspect</b>: new streams wait, for if the server is gone they would be lost. After
 *       some more time it is <b>mute</b>, and asked for a sign of life at every tick. If it stays mute it is <b>doubted</b>, and
 *       another session is made as a <b>probe</b>, again and again until one is answered. Streams that exist stay where they are.
 *   <li>If the doubted session is heard first, all was the link's fault, and it goes on. If the probe is answered, it takes
 *       over, and the other is retired.
 *   <li>A retired session lives on as long as it has streams. It is <b>lost</b>, and its streams are reset, only when
 *       the new session has been heard again and again while it was asked as often and stayed mute: then it is not the
 *       link. A link that carries nothing, for however long, therefore costs no stream here.
 *   <li>A session older than {@code autoexpire}, or that has given out all its stream ids, is retired when a new stream comes,
 *       closed when it has none.
 * </ul>
 *
 * spec: tunnel 2.3, 2.5
 */
final class SlotPolicy<S extends SlotPolicy.Session> {
    /** Milliseconds between calls of {@link #tick}. */
    static final int TICK_MS = 500;

    private static final int SUSPECT_MS = 250;
    private static final int SUSPECT_TIMEOUTS = 2;
    /** Streams that wait for a session which may only be slow; more of them take their chance with it. */
    static final int MAX_WAITING_FOR_SUSPECT = 256;

    private static final int MUTE_MS = 1000;
    private static final int DOUBT_MS = 2000;
    private static final int LOST_MS = 3000;
    private static final int PROBE_MS = 3000;
    /** No link's timeout stretches the above beyond this. */
    private static final int MAX_PATIENCE_MS = 15_000;
    /** A pause of this program looks like silence of the server, but not for several ticks. */
    private static final int DOUBT_TICKS = 2;

    private static final int LOST_TICKS = 4;

    /** What it has to know of a session, and to do with it. */
    interface Session {
        boolean isOpen();

        int streams();

        /** Whether ids for further streams are left. */
        boolean hasFreeIds();

        /** Whether the server has ever answered. */
        boolean isHeard();

        /** Milliseconds since the server was heard. */
        int msSinceHeard();

        /** For how many milliseconds the server has owed an answer; 0 when it owes none. */
        int silenceMs();

        /** The session's retransmission timeout. */
        int rtoMs();

        /** Sends the first bytes of a session, so that the server has something to answer. */
        void begin();

        /** Sends what a living server answers. */
        void askForSign();

        /** Ends a session without streams. */
        void close();

        /** Ends a session at once; its streams are reset. */
        void abandon();
    }

    /** The slot that it decides for. */
    interface Slot<S> {
        /**
         * Makes a session; ends with {@link #connected} or {@link #connectFailed}, not before it returns.
         *
         * @param anew whether the way that was tried last does not seem to work
         */
        void connect(boolean anew);

        /** Streams that wait for a session. */
        int waitingStreams();

        /** The waiting streams can be opened on it. */
        void openWaitingOn(S session);

        void report(Event event, S session);
    }

    /** What users may want to hear of. */
    enum Event {
        /** A session is mute; a new one is tried. */
        DOUBTED,
        /** A session that was doubted has been heard again. */
        REVIVED,
        /** A probe was answered and takes the streams from now on. */
        TOOK_OVER,
        /** A retired session is given up, and its streams with it. */
        LOST,
        /** A session takes no streams any more because of its age, or because it has had so many. */
        EXPIRED,
        /** An expired session had to end with streams in it. */
        OUTLIVED
    }

    private static final class Watched<S> {
        final S session;
        final long bornMs;
        /** Ticks in a row at which it was mute. */
        int muteTicks;
        /** Of these, those since whose forerunner the new session was heard. */
        int lostTicks;

        long lastTickMs;
        boolean doubtReported;

        Watched(S session, long bornMs) {
            this.session = session;
            this.bornMs = bornMs;
        }
    }

    private final Slot<S> slot;
    private final long autoExpireMs;
    private final long scavengeTtlMs;

    private @Nullable Watched<S> current;
    private @Nullable Watched<S> probe;
    private final List<Watched<S>> retired = new ArrayList<>();
    private boolean connecting;

    /**
     * @param autoExpireMs age at which a session takes no new streams; 0 = never
     * @param scavengeTtlMs how long after that its streams may live on; 0 = until they end
     */
    SlotPolicy(Slot<S> slot, long autoExpireMs, long scavengeTtlMs) {
        this.slot = slot;
        this.autoExpireMs = autoExpireMs;
        this.scavengeTtlMs = scavengeTtlMs;
    }

    /** The session for a new stream; null if the stream has to wait, which is then known to be necessary. */
    @Nullable
    S take(long nowMs) {
        forgetClosed();
        Watched<S> present = current;
        if (present != null
                && (isMute(present) || (isSuspect(present) && slot.waitingStreams() < MAX_WAITING_FOR_SUSPECT))) {
            return null; // it will be heard, or doubted
        }
        if (present != null && !isExpired(present, nowMs)) {
            return present.session;
        }
        if (present != null && present.session.streams() == 0) {
            closeIdle(present);
            current = null;
        }
        connect(false);
        return null;
    }

    /** Whether a stream given to this slot now would be carried at once, as far as one knows. */
    boolean isReady() {
        Watched<S> present = current;
        if (present == null || !present.session.isOpen()) {
            return probe == null && !connecting;
        }
        return !isSuspect(present);
    }

    /** Whether there is anything to watch. */
    boolean isInUse() {
        return current != null || probe != null || !retired.isEmpty() || slot.waitingStreams() > 0;
    }

    /** All sessions that are open. */
    List<S> sessions() {
        forgetClosed();
        List<S> all = new ArrayList<>();
        if (current != null) {
            all.add(current.session);
        }
        if (probe != null) {
            all.add(probe.session);
        }
        for (Watched<S> old : retired) {
            all.add(old.session);
        }
        return all;
    }

    /** The session that was asked for is there. */
    void connected(S session, long nowMs) {
        connecting = false;
        forgetClosed();
        Watched<S> fresh = new Watched<>(session, nowMs);
        Watched<S> present = current;
        if (present == null && probe == null) {
            makeCurrent(fresh);
        } else if (present != null && !isDoubted(present) && isExpired(present, nowMs)) {
            retire(present, Event.EXPIRED, nowMs);
            makeCurrent(fresh);
        } else if (probe == null && isNeeded()) {
            probe = fresh;
            session.begin();
        } else {
            session.close();
        }
        serveWaiting(nowMs);
    }

    /**
     * No session could be made.
     *
     * @return whether to try on
     */
    boolean connectFailed(long nowMs) {
        forgetClosed();
        Watched<S> present = current;
        if (present != null && !isDoubted(present)) {
            slot.openWaitingOn(present.session); // better an old session than none
        }
        connecting = isNeeded();
        return connecting;
    }

    /** Looks at everything; to be called every {@link #TICK_MS}. */
    void tick(long nowMs) {
        forgetClosed();
        Watched<S> present = current;
        if (present != null) {
            watch(present);
            if (isDoubted(present)) {
                doubt(present);
            } else {
                settle(present, nowMs);
            }
        }
        Watched<S> tried = probe;
        if (tried != null) {
            tickProbe(tried, nowMs);
        }
        for (Iterator<Watched<S>> i = retired.iterator(); i.hasNext(); ) {
            if (!staysRetired(i.next(), nowMs)) {
                i.remove();
            }
        }
        if (isNeeded()) {
            connect(true);
        } else if (current != null && slot.waitingStreams() > 0 && isExpired(current, nowMs)) {
            connect(false);
        }
        serveWaiting(nowMs);
    }

    // The current session
    // -----------------------------------------------------------------------------------------------

    private void makeCurrent(Watched<S> fresh) {
        current = fresh;
        if (slot.waitingStreams() == 0) {
            fresh.session.begin(); // made to find out whether the server lives
        }
    }

    private void doubt(Watched<S> present) {
        if (present.session.streams() == 0 && slot.waitingStreams() == 0) {
            present.session.abandon(); // nothing depends on it; the next stream finds out
            current = null;
        } else if (!present.doubtReported) {
            present.doubtReported = true;
            slot.report(Event.DOUBTED, present.session);
        }
    }

    private void settle(Watched<S> present, long nowMs) {
        if (present.doubtReported && present.muteTicks == 0) {
            present.doubtReported = false;
            slot.report(Event.REVIVED, present.session);
        }
        if (isExpired(present, nowMs) && (present.session.streams() == 0 || hasOutlived(present, nowMs))) {
            if (slot.waitingStreams() == 0) {
                endExpired(present);
                current = null;
            }
        }
    }

    private void retire(Watched<S> old, Event why, long nowMs) {
        if (old.session.streams() == 0) {
            closeIdle(old);
            return;
        }
        if (why == Event.EXPIRED) {
            slot.report(why, old.session);
        }
        old.lostTicks = 0;
        old.lastTickMs = nowMs;
        retired.add(old);
    }

    // The probe
    // ---------------------------------------------------------------------------------------------------------

    private void tickProbe(Watched<S> tried, long nowMs) {
        Watched<S> present = current;
        boolean revived = present != null && !isDoubted(present);
        if (revived || !isNeeded()) {
            tried.session.abandon();
            probe = null;
        } else if (tried.session.isHeard()) {
            probe = null;
            if (present != null) {
                retire(present, Event.TOOK_OVER, nowMs);
            }
            current = tried;
            slot.report(Event.TOOK_OVER, tried.session);
        } else if (nowMs - tried.bornMs >= patienceMs(present == null ? tried : present, PROBE_MS)) {
            tried.session.abandon();
            probe = null;
        }
    }

    /** Whether something depends on a session that there is not, or not surely. */
    private boolean isNeeded() {
        Watched<S> present = current;
        if (present != null && !isDoubted(present)) {
            return false;
        }
        if (slot.waitingStreams() > 0 || (present != null && present.session.streams() > 0)) {
            return true;
        }
        for (Watched<S> old : retired) {
            if (isDoubted(old)) {
                return true;
            }
        }
        return false;
    }

    // Retired sessions
    // --------------------------------------------------------------------------------------------------

    private boolean staysRetired(Watched<S> old, long nowMs) {
        if (old.session.streams() == 0) {
            closeIdle(old);
            return false;
        }
        if (hasOutlived(old, nowMs)) {
            endExpired(old);
            return false;
        }
        if (!watch(old)) {
            old.lostTicks = 0;
            old.lastTickMs = nowMs;
            return true;
        }
        Watched<S> witness = current;
        if (witness != null && witness.session.isHeard()) {
            if (nowMs - witness.session.msSinceHeard() >= old.lastTickMs) {
                old.lostTicks++;
            }
            witness.session.askForSign();
        }
        old.lastTickMs = nowMs;
        if (old.lostTicks < LOST_TICKS || old.session.silenceMs() < patienceMs(old, LOST_MS)) {
            return true;
        }
        slot.report(Event.LOST, old.session);
        old.session.abandon();
        return false;
    }

    private boolean isExpired(Watched<S> watched, long nowMs) {
        return !watched.session.hasFreeIds() || (autoExpireMs > 0 && nowMs - watched.bornMs >= autoExpireMs);
    }

    private boolean hasOutlived(Watched<S> watched, long nowMs) {
        return autoExpireMs > 0 && scavengeTtlMs > 0 && nowMs - watched.bornMs >= autoExpireMs + scavengeTtlMs;
    }

    private void endExpired(Watched<S> old) {
        if (old.session.streams() == 0) {
            closeIdle(old);
        } else {
            slot.report(Event.OUTLIVED, old.session);
            old.session.abandon();
        }
    }

    private void closeIdle(Watched<S> idle) {
        idle.session.close();
    }

    // Signs of life
    // -----------------------------------------------------------------------------------------------------

    /** Asks a mute session for a sign; returns whether it is one. */
    private boolean watch(Watched<S> watched) {
        if (!isMute(watched)) {
            watched.muteTicks = 0;
            return false;
        }
        watched.muteTicks++;
        watched.session.askForSign();
        return true;
    }

    /** A session that was never heard is not: how long its answers take is not known yet. */
    private boolean isSuspect(Watched<S> watched) {
        int lateMs = Math.max(SUSPECT_MS, SUSPECT_TIMEOUTS * watched.session.rtoMs());
        return isMute(watched) || (watched.session.isHeard() && watched.session.silenceMs() >= lateMs);
    }

    private boolean isMute(Watched<S> watched) {
        return watched.session.silenceMs() >= patienceMs(watched, MUTE_MS);
    }

    private boolean isDoubted(Watched<S> watched) {
        return watched.muteTicks >= DOUBT_TICKS && watched.session.silenceMs() >= patienceMs(watched, DOUBT_MS);
    }

    /** What is long for the link: so many of its timeouts as seconds are asked for, and these at least. */
    private int patienceMs(Watched<S> watched, int leastMs) {
        long timeouts = 2L * leastMs / 1000;
        return (int) Math.min(MAX_PATIENCE_MS, Math.max(leastMs, timeouts * watched.session.rtoMs()));
    }

    private void connect(boolean anew) {
        if (!connecting && probe == null) {
            connecting = true;
            slot.connect(anew);
        }
    }

    /** Opens the waiting streams as soon as that can be done; to be called often while there are any. */
    void serveWaiting(long nowMs) {
        Watched<S> present = current;
        if (present != null
                && slot.waitingStreams() > 0
                && present.session.isOpen()
                && !isSuspect(present)
                && !isExpired(present, nowMs)) {
            slot.openWaitingOn(present.session);
        }
    }

    private void forgetClosed() {
        if (current != null && !current.session.isOpen()) {
            current = null;
        }
        if (probe != null && !probe.session.isOpen()) {
            probe = null;
        }
        retired.removeIf(old -> !old.session.isOpen());
    }
}
