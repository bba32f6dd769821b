package io.millrace.tunnel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import io.millrace.tunnel.client.SlotPolicy.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slot's decisions, in virtual time, against a server that can die, forget and come back. spec: tunnel 2.3, 2.5 */
class SlotPolicyTest {
    private final World world = new World();

    /** The server, the way to it, and a slot that serves streams as they come. */
    private static final class World implements SlotPolicy.Slot<FakeSession> {
        long nowMs = 1_000_000;
        boolean linkUp = true;
        /** A server that was restarted knows none of its sessions. */
        int serverLife = 1;

        boolean serverUp = true;
        boolean nameResolves = true;
        /** Whether sessions with streams always have something in flight. */
        boolean busy = true;

        SlotPolicy<FakeSession> policy = new SlotPolicy<>(this, 0, 0);
        final List<FakeSession> made = new ArrayList<>();
        final List<Event> events = new ArrayList<>();
        int waiting;
        int connects;
        private boolean connecting;

        void expiring(long autoExpireMs, long scavengeTtlMs) {
            policy = new SlotPolicy<>(this, autoExpireMs, scavengeTtlMs);
        }

        @Override
        public void connect(boolean anew) {
            connects++;
            connecting = true;
        }

        @Override
        public int waitingStreams() {
            return waiting;
        }

        @Override
        public void openWaitingOn(FakeSession session) {
            session.open(waiting);
            waiting = 0;
        }

        @Override
        public void report(Event event, FakeSession session) {
            events.add(event);
        }

        /** A stream is wanted; answers its session if it has one at once. */
        FakeSession stream() {
            FakeSession session = policy.take(nowMs);
            if (session == null) {
                waiting++;
                finishConnecting();
                session = made.get(made.size() - 1);
            } else {
                session.open(1);
            }
            return session;
        }

        private void finishConnecting() {
            if (connecting) {
                connecting = false;
                if (nameResolves) {
                    FakeSession session = new FakeSession(this);
                    made.add(session);
                    policy.connected(session, nowMs);
                } else if (policy.connectFailed(nowMs)) {
                    connecting = true; // and again, later
                }
            }
        }

        void pass(long ms) {
            for (long left = ms; left > 0; left -= SlotPolicy.TICK_MS) {
                nowMs += SlotPolicy.TICK_MS;
                for (FakeSession session : made) {
                    if (session.open && session.streams > 0 && busy) {
                        session.send();
                    }
                }
                if (policy.isInUse()) {
                    policy.tick(nowMs);
                }
                finishConnecting();
            }
        }

        void restartServer() {
            serverLife++;
            serverUp = true;
        }

        List<FakeSession> open() {
            return made.stream().filter(s -> s.open).toList();
        }
    }

    private static final class FakeSession implements SlotPolicy.Session {
        private final World world;
        private final long bornMs;
        boolean open = true;
        boolean wayBlocked;
        int streams;
        boolean freeIds = true;
        int resetStreams;
        int rtoMs = 100;
        private int knownToLife;
        private boolean heard;
        private long heardMs;
        private long owedSinceMs = -1;

        FakeSession(World world) {
            this.world = world;
            this.bornMs = world.nowMs;
        }

        void open(int count) {
            streams += count;
            send();
        }

        void send() {
            boolean arrives = world.linkUp && world.serverUp && !wayBlocked;
            if (arrives && knownToLife == 0) {
                knownToLife = world.serverLife;
            }
            if (arrives && knownToLife == world.serverLife) {
                heard = true;
                heardMs = world.nowMs;
                owedSinceMs = -1;
            } else if (owedSinceMs < 0) {
                owedSinceMs = world.nowMs;
            }
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public int streams() {
            return streams;
        }

        @Override
        public boolean hasFreeIds() {
            return freeIds;
        }

        @Override
        public boolean isHeard() {
            return heard;
        }

        @Override
        public int msSinceHeard() {
            return (int) (world.nowMs - (heard ? heardMs : bornMs));
        }

        @Override
        public int silenceMs() {
            return owedSinceMs < 0 ? 0 : (int) (world.nowMs - owedSinceMs);
        }

        @Override
        public int rtoMs() {
            return rtoMs;
        }

        @Override
        public void begin() {
            send();
        }

        @Override
        public void askForSign() {
            send();
        }

        @Override
        public void close() {
            assertThat(streams).isZero();
            open = false;
        }

        @Override
        public void abandon() {
            open = false;
            resetStreams = streams;
            streams = 0;
        }
    }

    @Test
    void aHealthySessionServesAllStreams() {
        FakeSession session = world.stream();
        for (int i = 0; i < 1000; i++) {
            world.pass(10_000);
            assertThat(world.stream()).isSameAs(session);
        }
        assertThat(world.connects).isEqualTo(1);
        assertThat(world.events).isEmpty();
    }

    @Test
    void aSessionWithoutFreeIdsIsReplacedAndServesTheStreamsItHas() {
        FakeSession old = world.stream();
        world.pass(5_000);
        old.freeIds = false;
        FakeSession next = world.stream();
        assertThat(next).isNotSameAs(old);
        assertThat(world.waiting).isZero();
        assertThat(world.stream()).isSameAs(next);
        world.pass(60_000);
        assertThat(old.streams).isEqualTo(1);
        old.streams = 0;
        world.pass(1_000);
        assertThat(world.open()).containsExactly(next);
        assertThat(world.events).containsExactly(Event.EXPIRED);
    }

    @Test
    void aRestartedServerCostsTheOldStreamsAndNoNewOnes() {
        FakeSession old = world.stream();
        world.pass(60_000);
        assertThat(world.policy.isReady()).isTrue();
        world.serverUp = false;
        world.pass(2_000);
        assertThat(world.policy.isReady()).as("others are better").isFalse();
        world.pass(1_000);
        assertThat(world.events).containsExactly(Event.DOUBTED);
        world.stream();
        world.stream();
        assertThat(world.waiting).as("they wait rather than hang").isEqualTo(2);
        world.pass(10_000);
        world.restartServer();
        long backMs = world.nowMs;
        while (world.waiting > 0) {
            world.pass(SlotPolicy.TICK_MS);
        }
        assertThat(world.nowMs - backMs).isLessThanOrEqualTo(4_000);
        while (old.open) {
            world.pass(SlotPolicy.TICK_MS);
        }
        assertThat(world.nowMs - backMs).isLessThanOrEqualTo(7_000);
        assertThat(old.resetStreams).isEqualTo(1);
        assertThat(world.events).containsExactly(Event.DOUBTED, Event.TOOK_OVER, Event.LOST);
        assertThat(world.open()).singleElement().satisfies(s -> assertThat(s.streams)
                .isEqualTo(2));
        world.pass(600_000);
        assertThat(world.open()).hasSize(1);
    }

    @Test
    void aStreamThatComesRightAfterTheServersDeathWaitsForItsReturn() {
        FakeSession old = world.stream();
        world.pass(60_000);
        world.serverUp = false;
        old.send();
        world.nowMs += 300;
        assertThat(world.policy.isReady()).as("others are better").isFalse();
        world.stream();
        assertThat(world.waiting).isEqualTo(1);
        world.restartServer();
        world.pass(10_000);
        assertThat(old.resetStreams).as("the one it had").isEqualTo(1);
        assertThat(world.open()).singleElement().satisfies(s -> assertThat(s.streams)
                .isEqualTo(1));
    }

    @Test
    void aStreamWaitsForALateAnswerOnly() {
        FakeSession session = world.stream();
        world.pass(60_000);
        world.linkUp = false;
        session.send();
        world.nowMs += 300;
        world.stream();
        assertThat(world.waiting).isEqualTo(1);
        world.policy.serveWaiting(world.nowMs);
        assertThat(world.waiting).isEqualTo(1);
        world.linkUp = true;
        session.send();
        world.policy.serveWaiting(world.nowMs);
        assertThat(world.waiting).isZero();
        assertThat(session.streams).isEqualTo(2);
        assertThat(world.connects).isEqualTo(1);
        assertThat(world.events).isEmpty();
    }

    @Test
    void aFloodOfStreamsIsNotHeldUpByALateAnswer() {
        FakeSession session = world.stream();
        world.pass(60_000);
        world.linkUp = false;
        session.send();
        world.nowMs += 300;
        for (int i = 0; i < 2_000; i++) {
            world.stream();
        }
        assertThat(world.waiting).isEqualTo(SlotPolicy.MAX_WAITING_FOR_SUSPECT);
        assertThat(session.streams).isEqualTo(1 + 2_000 - SlotPolicy.MAX_WAITING_FOR_SUSPECT);
    }

    @Test
    void anAnswerOfASlowLinkIsNotLate() {
        FakeSession session = world.stream();
        world.pass(60_000);
        session.rtoMs = 200;
        world.linkUp = false;
        session.send();
        world.nowMs += 390;
        assertThat(world.stream()).isSameAs(session);
        assertThat(session.streams).isEqualTo(2);
        world.nowMs += 20;
        assertThat(world.policy.isReady()).isFalse();
    }

    @Test
    void theFirstAnswerOfASessionMayTakeItsTime() {
        world.linkUp = false;
        FakeSession session = world.stream();
        world.nowMs += 900;
        assertThat(world.stream()).isSameAs(session);
        assertThat(world.waiting).isZero();
        world.nowMs += 200;
        world.stream();
        assertThat(world.waiting).isEqualTo(1);
    }

    @Test
    void aRestartBetweenTwoTicksIsNoticedToo() {
        FakeSession old = world.stream();
        world.pass(5_000);
        world.restartServer();
        world.pass(8_000);
        assertThat(old.resetStreams).isEqualTo(1);
        assertThat(world.stream().streams).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {3_000, 20_000, 600_000})
    void aBlackoutCostsNoStreamHoweverLong(int blackoutMs) {
        FakeSession session = world.stream();
        world.pass(60_000);
        world.linkUp = false;
        world.pass(blackoutMs);
        world.linkUp = true;
        world.pass(60_000);
        assertThat(session.open).isTrue();
        assertThat(session.resetStreams).isZero();
        assertThat(world.made).allSatisfy(s -> assertThat(s.resetStreams).isZero());
        FakeSession next = world.stream();
        assertThat(next.silenceMs()).isZero();
        world.pass(1_000);
        assertThat(world.open()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void blackoutsAtRandomCostNoStream() {
        Seeds.run(11, seeds -> {
            Random random = new Random(seeds.derive("blackouts"));
            World run = new World();
            for (int i = 0; i < 500; i++) {
                run.linkUp = random.nextBoolean();
                run.pass(random.nextInt(15_000));
                if (random.nextBoolean()) {
                    run.stream();
                }
                for (FakeSession session : run.open()) {
                    if (session.streams > 0 && random.nextInt(4) == 0) {
                        session.streams--;
                    }
                }
            }
            run.linkUp = true;
            run.pass(10_000);
            assertThat(run.made).allSatisfy(s -> assertThat(s.resetStreams).isZero());
            assertThat(run.waiting).isZero();
            run.open().forEach(session -> session.streams = 0);
            run.pass(2_000);
            assertThat(run.open()).as("retired ones end with their streams").hasSize(1);
        });
    }

    @Test
    void aBlackoutThatOnlyTheOldSessionSeesIsALostWay() {
        FakeSession old = world.stream();
        world.pass(10_000);
        old.wayBlocked = true; // say, a NAT forgot it: the client's address has changed
        world.pass(3_000);
        assertThat(world.events).startsWith(Event.DOUBTED, Event.TOOK_OVER);
        FakeSession next = world.stream();
        assertThat(next).isNotSameAs(old);
        world.pass(4_000);
        assertThat(old.resetStreams).isEqualTo(1);
        assertThat(next.streams).isEqualTo(1);
    }

    @Test
    void aWayThatOpensAgainBeforeTheVerdictSavesTheStreams() {
        FakeSession old = world.stream();
        world.pass(10_000);
        old.wayBlocked = true;
        while (!world.events.contains(Event.TOOK_OVER)) {
            world.pass(SlotPolicy.TICK_MS);
        }
        old.wayBlocked = false;
        world.pass(600_000);
        assertThat(old.streams).isEqualTo(1);
        old.streams = 0;
        world.pass(SlotPolicy.TICK_MS);
        assertThat(old.open).as("no new streams, so it ends").isFalse();
        assertThat(world.events).containsExactly(Event.DOUBTED, Event.TOOK_OVER);
    }

    @Test
    void aServerThatIsNotThereYetGetsItsStreamsWhenItComes() {
        world.serverUp = false;
        FakeSession first = world.stream();
        world.pass(30_000);
        world.stream();
        assertThat(world.waiting).isEqualTo(1);
        world.serverUp = true;
        world.pass(4_000);
        assertThat(first.streams).isPositive();
        assertThat(world.waiting).isZero();
        world.pass(60_000);
        assertThat(world.made).allSatisfy(s -> assertThat(s.resetStreams).isZero());
        assertThat(world.open().stream().mapToInt(s -> s.streams).sum()).isEqualTo(2);
    }

    @Test
    void probesAreMadeAnewWhileTheServerIsAway() {
        world.stream();
        world.pass(5_000);
        world.serverUp = false;
        world.pass(60_000);
        assertThat(world.connects).isBetween(12, 22);
        assertThat(world.open()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void nothingIsTriedForASessionThatNobodyNeeds() {
        FakeSession session = world.stream();
        world.pass(5_000);
        session.streams = 0;
        world.serverUp = false;
        session.send(); // its keep-alive
        world.pass(60_000);
        assertThat(world.connects).isEqualTo(1);
        assertThat(world.open()).isEmpty();
        assertThat(world.policy.isInUse()).isFalse();
        world.restartServer();
        assertThat(world.stream().isHeard()).isTrue();
    }

    @Test
    void aSlowLinkIsGivenItsTime() {
        FakeSession session = world.stream();
        session.rtoMs = 1_500;
        world.busy = false;
        world.linkUp = false;
        session.send();
        world.pass(5_500);
        assertThat(world.events).as("not before four of its timeouts").isEmpty();
        world.pass(1_000);
        assertThat(world.events).containsExactly(Event.DOUBTED);
    }

    @Test
    void aPauseOfThisProgramIsNoSilenceOfTheServer() {
        FakeSession session = world.stream();
        world.busy = false;
        world.linkUp = false; // nothing is read while the program stands still
        session.send();
        world.nowMs += 40_000;
        world.policy.tick(world.nowMs);
        world.linkUp = true;
        world.pass(10_000);
        assertThat(world.events).isEmpty();
        assertThat(world.connects).isEqualTo(1);
    }

    @Test
    void aNameWithoutAddressKeepsStreamsWaiting() {
        world.nameResolves = false;
        world.policy.take(world.nowMs);
        world.waiting = 1;
        world.pass(10_000);
        assertThat(world.made).isEmpty();
        assertThat(world.waiting).isEqualTo(1);
        world.nameResolves = true;
        world.pass(1_000);
        assertThat(world.made).singleElement().satisfies(s -> assertThat(s.streams)
                .isEqualTo(1));
    }

    // autoexpire
    // --------------------------------------------------------------------------------------------------------

    @Test
    void anExpiredSessionIsReplacedAndKeepsItsStreams() {
        world.expiring(60_000, 0);
        FakeSession first = world.stream();
        world.pass(59_000);
        assertThat(world.stream()).isSameAs(first);
        world.pass(2_000);
        assertThat(world.policy.isReady()).as("its turn replaces it").isTrue();
        FakeSession second = world.stream();
        assertThat(second).isNotSameAs(first);
        assertThat(world.waiting).isZero();
        assertThat(world.events).containsExactly(Event.EXPIRED);
        world.pass(24 * 3_600_000L);
        assertThat(first.streams).as("no stream is cut").isEqualTo(2);
        first.streams = 0;
        world.pass(SlotPolicy.TICK_MS);
        assertThat(first.open).isFalse();
    }

    @Test
    void anExpiredSessionWithoutStreamsEndsAtOnce() {
        world.expiring(60_000, 0);
        FakeSession first = world.stream();
        first.streams = 0;
        world.pass(61_000);
        assertThat(world.open()).isEmpty();
        assertThat(world.policy.isInUse()).isFalse();
        assertThat(world.connects).as("the next one is made when it is wanted").isEqualTo(1);
    }

    @Test
    void scavengettlEndsWhatIsLeftAndSaysSo() {
        world.expiring(60_000, 30_000);
        FakeSession first = world.stream();
        world.pass(61_000);
        FakeSession second = world.stream();
        world.pass(28_000);
        assertThat(first.open).isTrue();
        world.pass(2_000);
        assertThat(first.resetStreams).isEqualTo(1);
        assertThat(world.events).containsExactly(Event.EXPIRED, Event.OUTLIVED);
        world.pass(70_000); // nobody asks for a stream, so the second is not replaced, but its time passes as well
        assertThat(second.resetStreams).isEqualTo(1);
        assertThat(world.open()).isEmpty();
    }

    @Test
    void anExpiredSessionServesOnWhenNoOtherCanBeMade() {
        world.expiring(60_000, 0);
        FakeSession first = world.stream();
        world.pass(61_000);
        world.nameResolves = false;
        assertThat(world.stream()).isSameAs(first);
        assertThat(first.streams).isEqualTo(2);
        assertThat(world.waiting).isZero();
        world.nameResolves = true;
        assertThat(world.stream()).isNotSameAs(first);
    }

    @Test
    void anHourOfRotationCutsNothingAndKeepsNothing() {
        Seeds.run(12, seeds -> {
            Random random = new Random(seeds.derive("streams"));
            World run = new World();
            run.expiring(30_000, 0);
            long endMs = run.nowMs + TimeUnit.HOURS.toMillis(1);
            int most = 0;
            int streams = 0;
            while (run.nowMs < endMs) {
                run.pass(SlotPolicy.TICK_MS);
                if (random.nextInt(4) == 0) {
                    run.stream();
                    streams++;
                }
                for (FakeSession session : run.open()) {
                    // each stream lives 20 s on average
                    for (int i = session.streams; i > 0; i--) {
                        if (random.nextInt(40) == 0) {
                            session.streams--;
                        }
                    }
                }
                most = Math.max(most, run.open().size());
            }
            assertThat(streams).isGreaterThan(1000);
            assertThat(run.made).hasSizeBetween(100, 121).allSatisfy(s -> assertThat(s.resetStreams)
                    .isZero());
            assertThat(most).as("sessions at once").isLessThanOrEqualTo(8);
            assertThat(run.events).containsOnly(Event.EXPIRED);
            run.open().forEach(session -> session.streams = 0);
            run.pass(31_000);
            assertThat(run.open()).isEmpty();
        });
    }
}
