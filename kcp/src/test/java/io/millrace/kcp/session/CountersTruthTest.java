package io.millrace.kcp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.arq.KcpStats;
import io.millrace.kcp.fec.FecDecoder;
import io.millrace.testkit.DuplexLink;
import io.millrace.testkit.LinkProfile;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.VirtualClock;
import org.junit.jupiter.api.Test;

/** The counters of two sessions say what an observer of the link between them saw. spec: kcp 5.8 */
class CountersTruthTest {
    private static final int BYTES = 3_000_000;

    private record Run(SimulatedSession a, SimulatedSession b, WireTruth up, WireTruth down) {
        /** Sends both ways until all has arrived and nothing is under way. */
        static Run of(int dataShards, int parityShards, LinkProfile profile, long seed) {
            VirtualClock clock = new VirtualClock();
            DuplexLink link = new DuplexLink(clock, profile, seed);
            WireTruth up = new WireTruth(dataShards, parityShards);
            WireTruth down = new WireTruth(dataShards, parityShards);
            SessionConfig config = new SessionConfig(
                    new KcpConfig(1350, 256, 512, true, 10, 2, false, false), dataShards, parityShards);
            SimulatedSession a = new SimulatedSession(config, clock, link.aToB(), up::onSent);
            SimulatedSession b = new SimulatedSession(config, clock, link.bToA(), down::onSent);
            link.connect(
                    packet -> {
                        down.onArrived(packet);
                        a.onDatagram(packet);
                    },
                    packet -> {
                        up.onArrived(packet);
                        b.onDatagram(packet);
                    });
            a.write(BYTES);
            b.write(BYTES / 10);
            assertThat(clock.runUntil(() -> b.received() == BYTES && a.received() == BYTES / 10, 300_000))
                    .isTrue();
            clock.advance(60_000);
            return new Run(a, b, up, down);
        }

        void close() {
            a.close();
            b.close();
        }
    }

    private static void assertSent(SimulatedSession end, WireTruth truth) {
        KcpStats kcp = end.session.kcp().stats();
        SessionStats packets = end.session.stats();
        assertThat(packets.outPkts).isEqualTo(truth.outPkts);
        assertThat(packets.outBytes).isEqualTo(truth.outBytes);
        assertThat(packets.parityPktsSent).isEqualTo(truth.parityPktsSent);
        assertThat(kcp.outSegs).isEqualTo(truth.outSegs);
        assertThat(kcp.retransSegs()).isEqualTo(truth.retransSegs);
        assertThat(kcp.fastRetransSegs + kcp.earlyRetransSegs + kcp.lostSegs).isEqualTo(truth.retransSegs);
    }

    private static void assertReceived(SimulatedSession end, WireTruth truth) {
        KcpStats kcp = end.session.kcp().stats();
        SessionStats packets = end.session.stats();
        assertThat(packets.inPkts).isEqualTo(truth.inPkts);
        assertThat(packets.inBytes).isEqualTo(truth.inBytes);
        assertThat(kcp.inSegs).isEqualTo(truth.inSegs);
        assertThat(kcp.repeatSegs).isEqualTo(truth.repeatSegs);
        assertThat(kcp.kcpInErrors).isZero();
    }

    @Test
    void overALinkThatLosesReordersAndRepeats() {
        Seeds.run(4201, seeds -> {
            LinkProfile bad = LinkProfile.builder()
                    .delayMs(25)
                    .lossProbability(0.05)
                    .reorder(0.03, 12)
                    .duplicateProbability(0.03)
                    .build();
            Run run = Run.of(0, 0, bad, seeds.derive("link"));
            assertSent(run.a, run.up);
            assertReceived(run.b, run.up);
            assertSent(run.b, run.down);
            assertReceived(run.a, run.down);
            assertThat(run.up.retransSegs).isGreaterThan(100);
            assertThat(run.up.repeatSegs).isGreaterThan(50);
            assertThat(run.a.session.kcp().stats().bytesSent).isEqualTo(BYTES);
            assertThat(run.b.session.kcp().stats().bytesReceived).isEqualTo(BYTES);
            run.close();
        });
    }

    @Test
    void withErrorCorrectionOverALinkThatLoses() {
        Seeds.run(4202, seeds -> {
            LinkProfile lossy =
                    LinkProfile.builder().delayMs(25).lossProbability(0.05).build();
            Run run = Run.of(10, 3, lossy, seeds.derive("link"));
            assertSent(run.a, run.up);
            assertReceived(run.b, run.up);
            assertSent(run.b, run.down);
            assertReceived(run.a, run.down);
            FecDecoder fec = run.b.session.fecDecoder();
            assertThat(fec).isNotNull();
            assertThat(fec.fecRecovered()).isEqualTo(run.up.recovered).isGreaterThan(50);
            assertThat(fec.fecFullShards()).isEqualTo(run.up.fullGroups).isGreaterThan(50);
            assertThat(fec.fecParityShards()).isEqualTo(run.up.parityPktsReceived);
            assertThat(fec.fecErrs()).isZero();
            run.close();
        });
    }
}
