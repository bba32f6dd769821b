package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.DuplexLink;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.Payload;
import io.millrace.testkit.VirtualClock;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Two ends over a simulated link in virtual time. */
final class SimulatedPair {
    static final int CONV = 0xcafe_0001;

    final VirtualClock clock;
    final DuplexLink link;
    final SegmentPool pool = new SegmentPool(100_000);
    final SimulatedEnd a;
    final SimulatedEnd b;

    private SimulatedPair(Builder builder) {
        clock = VirtualClock.startingAtMs(builder.startMs);
        link = new DuplexLink(clock, builder.profile, builder.seed);
        Payload ab = new Payload(builder.seed, Long.MAX_VALUE);
        Payload ba = new Payload(~builder.seed, Long.MAX_VALUE);
        a = new SimulatedEnd(clock, kcp(builder.configA, builder), builder.path.get(), link.aToB(), ab, ba);
        b = new SimulatedEnd(clock, kcp(builder.configB, builder), builder.path.get(), link.bToA(), ba, ab);
        link.connect(a::onDatagram, b::onDatagram);
    }

    private Kcp kcp(KcpConfig config, Builder builder) {
        return new Kcp(CONV, config, pool, (int) clock.nowMs(), builder.firstSn, builder.rules);
    }

    static Builder over(LinkProfile profile, long seed) {
        return new Builder(profile, seed);
    }

    /** Settings of a pair. */
    static final class Builder {
        private final LinkProfile profile;
        private final long seed;
        private KcpConfig configA = fast3(128, 512);
        private KcpConfig configB = fast3(1024, 1024);
        private Supplier<PacketPath> path = PacketPath::bare;
        private long startMs;
        private int firstSn;
        private LossRecovery.Rules rules = LossRecovery.Rules.MILLRACE;

        private Builder(LinkProfile profile, long seed) {
            this.profile = profile;
            this.seed = seed;
        }

        Builder configs(KcpConfig atA, KcpConfig atB) {
            configA = atA;
            configB = atB;
            return this;
        }

        Builder path(Supplier<PacketPath> paths) {
            path = paths;
            return this;
        }

        Builder starting(long clockMs, int sn) {
            startMs = clockMs;
            firstSn = sn;
            return this;
        }

        /** How both ends find losses. */
        Builder rules(LossRecovery.Rules lossRecovery) {
            rules = lossRecovery;
            return this;
        }

        SimulatedPair build() {
            return new SimulatedPair(this);
        }
    }

    static KcpConfig fast3(int sendWindow, int receiveWindow) {
        return new KcpConfig(1322, sendWindow, receiveWindow, true, 10, 2, false, false);
    }

    /** Writes {@code bytes} at {@code end} in pieces of random size at random times within about {@code withinMs}. */
    void writeRandomly(SimulatedEnd end, long bytes, long withinMs, SplittableRandom random) {
        long left = bytes;
        while (left > 0) {
            long piece = Math.min(left, random.nextInt(4) == 0 ? random.nextInt(1, 20_000) : random.nextInt(1, 200));
            left -= piece;
            clock.scheduleAfter(withinMs == 0 ? 0 : random.nextLong(withinMs), () -> end.write(piece));
        }
    }

    /** Lets time pass until each end has read {@code bytesAtA} and {@code bytesAtB}. */
    void runUntilReceived(long bytesAtA, long bytesAtB, long limitMs) {
        boolean done =
                clock.runUntil(() -> a.received() >= bytesAtA && b.received() >= bytesAtB, clock.nowMs() + limitMs);
        assertThat(done)
                .as(
                        "after %d ms A has %d of %d bytes, B %d of %d",
                        limitMs, a.received(), bytesAtA, b.received(), bytesAtB)
                .isTrue();
    }

    /** Both ends come to rest: nothing unacknowledged, no wake-up asked for, no event left, all memory given back. */
    void assertComesToRest(long limitMs) {
        clock.advance(limitMs);
        assertThat(clock.pendingEvents()).as("events at rest").isZero();
        long wakeUps = a.wakeUps + b.wakeUps;
        long flushes = a.flushes + b.flushes;
        for (SimulatedEnd end : new SimulatedEnd[] {a, b}) {
            assertThat(end.kcp.waitingSegments()).isZero();
            assertThat(end.kcp.flushWanted()).isEqualTo(Kcp.FlushMode.NONE);
            assertThat(end.kcp.msUntilFlush((int) clock.nowMs())).isEqualTo(Integer.MAX_VALUE);
        }
        clock.advance(3_600_000);
        assertThat(a.wakeUps + b.wakeUps).isEqualTo(wakeUps);
        assertThat(a.flushes + b.flushes).isEqualTo(flushes);
        assertThat(a.received()).isEqualTo(b.written());
        assertThat(b.received()).isEqualTo(a.written());
        assertThat(pool.liveSegments()).isZero();
        close();
        assertThat(pool.liveSegments()).isZero();
    }

    void close() {
        a.close();
        b.close();
    }
}
