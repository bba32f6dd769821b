package io.millrace.kcp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.KcpConfig;
import io.millrace.testkit.DuplexLink;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.VirtualClock;
import org.junit.jupiter.api.Test;

/** What acknowledging at once costs and gives: packets against round-trip time. spec: kcp 5.5 */
class AckNoDelayTest {
    private static final int WRITES = 100;
    private static final int EVERY_MS = 7;
    private static final int INTERVAL_MS = 50;
    private static final int ROUND_TRIP_MS = 20;

    private record Result(long acknowledgementPackets, int srttMs) {}

    private static Result run(boolean ackNoDelay) {
        VirtualClock clock = new VirtualClock();
        LinkProfile profile = LinkProfile.builder().delayMs(ROUND_TRIP_MS / 2.0).build();
        DuplexLink link = new DuplexLink(clock, profile, 1);
        SessionConfig config =
                new SessionConfig(new KcpConfig(1350, 128, 128, true, INTERVAL_MS, 2, false, ackNoDelay), 0, 0);
        SimulatedSession a = new SimulatedSession(config, clock, link.aToB(), packet -> {});
        SimulatedSession b = new SimulatedSession(config, clock, link.bToA(), packet -> {});
        link.connect(a::onDatagram, b::onDatagram);
        for (int i = 0; i < WRITES; i++) {
            clock.schedule((long) i * EVERY_MS, () -> a.write(100));
        }
        clock.runUntil(10_000);
        assertThat(b.received()).isEqualTo(100L * WRITES);
        Result result = new Result(b.session.stats().outPkts, a.session.kcp().srttMs());
        a.close();
        b.close();
        return result;
    }

    @Test
    void everyBatchIsAnsweredAtOnceInsteadOfEveryInterval() {
        Result atOnce = run(true);
        Result usual = run(false);
        assertThat(atOnce.acknowledgementPackets).isEqualTo(WRITES);
        assertThat(atOnce.srttMs).isEqualTo(ROUND_TRIP_MS);
        assertThat(usual.acknowledgementPackets).isBetween(WRITES * EVERY_MS / INTERVAL_MS - 1L, 20L);
        assertThat(usual.srttMs).isGreaterThan(ROUND_TRIP_MS);
    }
}
