package io.millrace.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * How bad one direction of a link is. Immutable; a running link takes a new profile at any time, which then applies to
 * datagrams sent from that moment on. A datagram's way: blackout, MTU, queue and rate (serialisation), then loss, duplication,
 * corruption, delay. So a datagram lost at random has used up its share of the rate, and a duplicate has not.
 *
 * @param delayMs one-way propagation delay, 0 or more
 * @param jitterMs each copy's delay varies evenly by up to this much either way (never below 0)
 * @param jitterReorders whether jitter may change the order; if not, a datagram waits for those sent before it
 * @param reorderProbability chance, 0 to 1, that a copy is held back by {@code reorderDelayMs} while later ones pass
 * @param reorderDelayMs the extra delay of a held-back copy
 * @param lossProbability chance, 0 to 1, that a datagram is lost, each by itself
 * @param burstEnterProbability chance, 0 to 1, that a datagram starts a loss burst (Gilbert-Elliott; all in a burst are lost)
 * @param meanBurstPackets mean length of such a burst, 1 or more
 * @param duplicateProbability chance, 0 to 1, that a datagram is delivered twice
 * @param corruptProbability chance, 0 to 1, that a copy has random bits flipped (length kept)
 * @param rateBitsPerSecond serialisation rate; infinite for none
 * @param queueBytes tail-drop limit: wire bytes not yet fully serialised; a datagram that finds the queue empty always enters
 * @param queuePackets tail-drop limit in datagrams, 1 or more
 * @param overheadBytes added to each datagram for rate and queue (IPv4 and UDP headers: 28)
 * @param mtuBytes the largest datagram (UDP payload, as kcptun's mtu counts) that passes
 * @param blackouts times in which every datagram sent is dropped
 */
public record LinkProfile(
        double delayMs,
        double jitterMs,
        boolean jitterReorders,
        double reorderProbability,
        double reorderDelayMs,
        double lossProbability,
        double burstEnterProbability,
        double meanBurstPackets,
        double duplicateProbability,
        double corruptProbability,
        double rateBitsPerSecond,
        long queueBytes,
        int queuePackets,
        int overheadBytes,
        int mtuBytes,
        List<Blackout> blackouts) {

    /** No delay, no limits, nothing lost. */
    public static final LinkProfile PERFECT = builder().build();

    /** A day: longer delays are mistakes, and sums of nanoseconds stay far from overflow. */
    private static final double MAX_DELAY_MS = 86_400_000;

    public LinkProfile {
        requireDelay("delayMs", delayMs);
        requireDelay("jitterMs", jitterMs);
        requireProbability("reorderProbability", reorderProbability);
        requireDelay("reorderDelayMs", reorderDelayMs);
        requireProbability("lossProbability", lossProbability);
        requireProbability("burstEnterProbability", burstEnterProbability);
        require(meanBurstPackets >= 1 && meanBurstPackets <= 1e9, "meanBurstPackets", meanBurstPackets, "1 to 1e9");
        requireProbability("duplicateProbability", duplicateProbability);
        requireProbability("corruptProbability", corruptProbability);
        require(rateBitsPerSecond >= 1, "rateBitsPerSecond", rateBitsPerSecond, "1 or more");
        require(queueBytes >= 1, "queueBytes", queueBytes, "1 or more");
        require(queuePackets >= 1, "queuePackets", queuePackets, "1 or more");
        require(overheadBytes >= 0 && overheadBytes <= 1000, "overheadBytes", overheadBytes, "0 to 1000");
        require(mtuBytes >= 0, "mtuBytes", mtuBytes, "0 or more");
        blackouts = List.copyOf(blackouts);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this profile. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.delayMs = delayMs;
        b.jitterMs = jitterMs;
        b.jitterReorders = jitterReorders;
        b.reorderProbability = reorderProbability;
        b.reorderDelayMs = reorderDelayMs;
        b.lossProbability = lossProbability;
        b.burstEnterProbability = burstEnterProbability;
        b.meanBurstPackets = meanBurstPackets;
        b.duplicateProbability = duplicateProbability;
        b.corruptProbability = corruptProbability;
        b.rateBitsPerSecond = rateBitsPerSecond;
        b.queueBytes = queueBytes;
        b.queuePackets = queuePackets;
        b.overheadBytes = overheadBytes;
        b.mtuBytes = mtuBytes;
        b.blackouts.addAll(blackouts);
        return b;
    }

    private static void requireDelay(String name, double value) {
        require(value >= 0 && value <= MAX_DELAY_MS, name, value, "0 to 86400000");
    }

    private static void requireProbability(String name, double value) {
        require(value >= 0 && value <= 1, name, value, "0 to 1");
    }

    private static void require(boolean holds, String name, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + allowed);
        }
    }

    /** From {@code fromMs} (inclusive) to {@code toMs} (exclusive), both in milliseconds since the link was made. */
    public record Blackout(long fromMs, long toMs) {
        public Blackout {
            require(fromMs >= 0 && toMs > fromMs, "blackout", fromMs + "-" + toMs, "FROM-TO with 0 <= FROM < TO (ms)");
        }
    }

    /** Starts as a perfect link; see the record's components for what each value means. */
    public static final class Builder {
        private double delayMs;
        private double jitterMs;
        private boolean jitterReorders;
        private double reorderProbability;
        private double reorderDelayMs;
        private double lossProbability;
        private double burstEnterProbability;
        private double meanBurstPackets = 1;
        private double duplicateProbability;
        private double corruptProbability;
        private double rateBitsPerSecond = Double.POSITIVE_INFINITY;
        private long queueBytes = Long.MAX_VALUE;
        private int queuePackets = 1000; // Linux's usual transmit queue
        private int overheadBytes = 28;
        private int mtuBytes = 65_507; // the largest UDP payload over IPv4
        private final List<Blackout> blackouts = new ArrayList<>();

        private Builder() {}

        public Builder delayMs(double ms) {
            delayMs = ms;
            return this;
        }

        public Builder jitterMs(double ms) {
            jitterMs = ms;
            return this;
        }

        public Builder jitterReorders(boolean reorders) {
            jitterReorders = reorders;
            return this;
        }

        public Builder reorder(double probability, double extraDelayMs) {
            reorderProbability = probability;
            reorderDelayMs = extraDelayMs;
            return this;
        }

        public Builder lossProbability(double probability) {
            lossProbability = probability;
            return this;
        }

        /** Loss bursts: the share of lost datagrams is {@code m / (m + 1 / p)} for mean length m and enter probability p. */
        public Builder burstLoss(double enterProbability, double meanPackets) {
            burstEnterProbability = enterProbability;
            meanBurstPackets = meanPackets;
            return this;
        }

        /** Loss bursts of a mean length, so frequent that {@code share} (0 to below 1) of all datagrams is lost. */
        public Builder burstLossShare(double share, double meanPackets) {
            require(share >= 0 && share < 1, "burst loss share", share, "0 to below 1");
            return burstLoss(share / (meanPackets * (1 - share)), meanPackets);
        }

        public Builder duplicateProbability(double probability) {
            duplicateProbability = probability;
            return this;
        }

        public Builder corruptProbability(double probability) {
            corruptProbability = probability;
            return this;
        }

        public Builder rateBitsPerSecond(double bitsPerSecond) {
            rateBitsPerSecond = bitsPerSecond;
            return this;
        }

        public Builder queueBytes(long bytes) {
            queueBytes = bytes;
            return this;
        }

        public Builder queuePackets(int packets) {
            queuePackets = packets;
            return this;
        }

        public Builder overheadBytes(int bytes) {
            overheadBytes = bytes;
            return this;
        }

        public Builder mtuBytes(int bytes) {
            mtuBytes = bytes;
            return this;
        }

        /** Adds a blackout window; see {@link Blackout}. */
        public Builder blackoutMs(long fromMs, long toMs) {
            blackouts.add(new Blackout(fromMs, toMs));
            return this;
        }

        public LinkProfile build() {
            return new LinkProfile(
                    delayMs,
                    jitterMs,
                    jitterReorders,
                    reorderProbability,
                    reorderDelayMs,
                    lossProbability,
                    burstEnterProbability,
                    meanBurstPackets,
                    duplicateProbability,
                    corruptProbability,
                    rateBitsPerSecond,
                    queueBytes,
                    queuePackets,
                    overheadBytes,
                    mtuBytes,
                    blackouts);
        }
    }
}
