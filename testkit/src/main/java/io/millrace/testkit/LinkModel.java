package io.millrace.testkit;

import io.millrace.testkit.LiveCounters.Kind;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Decides the fate of each datagram on one direction of a link, from time, size and seed alone. {@link SimulatedLink} and
 * {@link LinkEmulator} are its two drivers; they carry bytes and time, it decides and counts.
 *
 * <p>Every knob has a random stream of its own, and each datagram draws the same amount from each, whatever happens to it: the
 * fate of the nth datagram follows from seed and n, and turning one knob leaves the others' choices alone. One thread; but
 * counters, profile and blackout may be read and set from any.
 */
final class LinkModel {
    private static final int MAX_COPIES = 2;
    private static final int MAX_CHANGED_BYTES = 4;

    private final long startNs;
    private final RateQueue queue = new RateQueue();
    private final LiveCounters counters = new LiveCounters();
    private final SplittableRandom lossRandom;
    private final SplittableRandom burstRandom;
    private final SplittableRandom duplicateRandom;
    private final SplittableRandom corruptRandom;
    private final SplittableRandom corruptionRandom;
    private final SplittableRandom jitterRandom;
    private final SplittableRandom reorderRandom;

    private volatile LinkProfile profile;
    private volatile boolean blackout;

    private boolean inBurst;
    private long lastInOrderNs = Long.MIN_VALUE;
    private long decided;
    private long highestDelivered;

    private int copies;
    private final long[] deliverAtNs = new long[MAX_COPIES];
    private final boolean[] corrupt = new boolean[MAX_COPIES];

    /** Blackout windows count from {@code startNs}. */
    LinkModel(LinkProfile profile, long seed, long startNs) {
        this.profile = profile;
        this.startNs = startNs;
        lossRandom = stream(seed, "loss");
        burstRandom = stream(seed, "burst");
        duplicateRandom = stream(seed, "duplicate");
        corruptRandom = stream(seed, "corrupt");
        corruptionRandom = stream(seed, "corruption");
        jitterRandom = stream(seed, "jitter");
        reorderRandom = stream(seed, "reorder");
    }

    private static SplittableRandom stream(long seed, String name) {
        return new SplittableRandom(Seeds.derive(seed, name));
    }

    LinkProfile profile() {
        return profile;
    }

    void setProfile(LinkProfile profile) {
        this.profile = profile;
    }

    void setBlackout(boolean on) {
        blackout = on;
    }

    LinkCounters counters() {
        return counters.snapshot();
    }

    /**
     * Decides about a datagram sent now and counts it; the answer is the number of copies to deliver (0, 1 or 2), described by
     * {@link #deliverAtNs} and {@link #isCorrupt} until the next call. Time must not go back.
     */
    int decide(long nowNs, int datagramBytes) {
        LinkProfile p = profile;
        decided++;
        counters.add(Kind.SENT, 1);
        counters.add(Kind.SENT_BYTES, datagramBytes);
        boolean lostAlone = draw(lossRandom, p.lossProbability());
        boolean lostInBurst = burst(p);
        boolean twice = draw(duplicateRandom, p.duplicateProbability());
        Kind drop = null;
        long departNs = nowNs;
        if (blackout || inBlackoutWindow(p, nowNs)) {
            drop = Kind.BLACKOUT_DROPPED;
        } else if (datagramBytes > p.mtuBytes()) {
            drop = Kind.MTU_DROPPED;
        } else {
            departNs = queue.offer(nowNs, datagramBytes + p.overheadBytes(), p);
            if (departNs == RateQueue.REJECTED) {
                drop = Kind.QUEUE_DROPPED;
            } else if (lostAlone || lostInBurst) {
                drop = Kind.LOST;
            }
        }
        copies = twice ? 2 : 1;
        if (drop != null) {
            counters.add(drop, 1);
            copies = 0;
        } else if (twice) {
            counters.add(Kind.DUPLICATED, 1);
        }
        for (int copy = 0; copy < MAX_COPIES; copy++) {
            decideCopy(copy, departNs, p);
        }
        return copies;
    }

    private void decideCopy(int copy, long departNs, LinkProfile p) {
        corrupt[copy] = draw(corruptRandom, p.corruptProbability());
        boolean heldBack = draw(reorderRandom, p.reorderProbability());
        double jitterMs = (2 * jitterRandom.nextDouble() - 1) * p.jitterMs();
        if (copy >= copies) {
            return;
        }
        long atNs = departNs + toNs(Math.max(0, p.delayMs() + jitterMs));
        if (!p.jitterReorders()) {
            atNs = Math.max(atNs, lastInOrderNs);
        }
        if (heldBack) {
            atNs += toNs(p.reorderDelayMs());
        } else {
            lastInOrderNs = Math.max(atNs, lastInOrderNs);
        }
        deliverAtNs[copy] = atNs;
    }

    /** Which datagram {@link #decide} was last asked about, counted from 1; the driver keeps it with the copies. */
    long sequence() {
        return decided;
    }

    long deliverAtNs(int copy) {
        return deliverAtNs[copy];
    }

    boolean isCorrupt(int copy) {
        return corrupt[copy];
    }

    /** Changes one to four bytes of the {@code length} bytes at {@code offset}; an empty datagram stays as it is. */
    void corrupt(ByteBuffer buffer, int offset, int length) {
        if (length == 0) {
            return;
        }
        counters.add(Kind.CORRUPTED, 1);
        int changes = 1 + corruptionRandom.nextInt(MAX_CHANGED_BYTES);
        boolean wholeBytes = corruptionRandom.nextBoolean();
        int from = 0;
        for (int i = 0; i < changes && from < length; i++) {
            int at = from + corruptionRandom.nextInt(length - from);
            int mask = wholeBytes ? 1 + corruptionRandom.nextInt(255) : 1 << corruptionRandom.nextInt(8);
            buffer.put(offset + at, (byte) (buffer.get(offset + at) ^ mask));
            from = at + 1; // never the same byte twice, so that no change undoes another
        }
    }

    void onDelivered(long sequence, int datagramBytes) {
        counters.add(Kind.DELIVERED, 1);
        counters.add(Kind.DELIVERED_BYTES, datagramBytes);
        if (sequence < highestDelivered) {
            counters.add(Kind.REORDERED, 1);
        }
        highestDelivered = Math.max(sequence, highestDelivered);
    }

    /** A datagram that was never put on the link. */
    void onRefused(int datagramBytes) {
        counters.add(Kind.SENT, 1);
        counters.add(Kind.SENT_BYTES, datagramBytes);
        onUndeliverable();
    }

    void onUndeliverable() {
        counters.add(Kind.UNDELIVERABLE, 1);
    }

    private boolean burst(LinkProfile p) {
        double draw = burstRandom.nextDouble();
        if (p.burstEnterProbability() == 0) {
            inBurst = false; // switched off while in a burst
        } else if (inBurst) {
            inBurst = draw >= 1 / p.meanBurstPackets();
        } else {
            inBurst = draw < p.burstEnterProbability();
        }
        return inBurst;
    }

    private boolean inBlackoutWindow(LinkProfile p, long nowNs) {
        for (int i = 0; i < p.blackouts().size(); i++) {
            LinkProfile.Blackout window = p.blackouts().get(i);
            long sinceStartNs = nowNs - startNs;
            if (sinceStartNs >= window.fromMs() * VirtualClock.NS_PER_MS
                    && sinceStartNs < window.toMs() * VirtualClock.NS_PER_MS) {
                return true;
            }
        }
        return false;
    }

    private static boolean draw(SplittableRandom random, double probability) {
        return random.nextDouble() < probability;
    }

    private static long toNs(double ms) {
        return Math.round(ms * VirtualClock.NS_PER_MS);
    }
}
