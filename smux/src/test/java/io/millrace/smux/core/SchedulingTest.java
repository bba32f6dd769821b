package io.millrace.smux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Order of sending, and the small parts that keep it and the limits. spec: smux 4, 7, 8.6, 11, 12 */
class SchedulingTest {
    private static final class Stream {
        final String name;
        final ReadyRing.Node<Stream> control = new ReadyRing.Node<>(this);
        final ReadyRing.Node<Stream> data = new ReadyRing.Node<>(this);

        Stream(String name) {
            this.name = name;
        }
    }

    private static List<String> turns(SendScheduler<Stream> scheduler, boolean writable) {
        List<String> turns = new ArrayList<>();
        for (SendScheduler.Turn turn = scheduler.next(writable);
                turn != SendScheduler.Turn.NOTHING;
                turn = scheduler.next(writable)) {
            turns.add(
                    switch (turn) {
                        case CONTROL -> "control " + scheduler.stream().name;
                        case DATA -> "data " + scheduler.stream().name;
                        case FIN -> "fin " + scheduler.endedId();
                        case RESET -> "reset " + scheduler.endedId();
                        default -> turn.name();
                    });
        }
        return turns;
    }

    @Test
    void controlGoesFirstThenEachStreamInTurn() {
        SendScheduler<Stream> scheduler = new SendScheduler<>();
        Stream a = new Stream("a");
        Stream b = new Stream("b");
        scheduler.dataReady(a.data);
        scheduler.dataReady(b.data);
        scheduler.dataReady(a.data);
        scheduler.nop();
        scheduler.nop();
        assertThat(scheduler.fin(9)).isTrue();
        assertThat(scheduler.reset(7)).isTrue();
        scheduler.controlReady(b.control);
        scheduler.controlReady(a.control);
        assertThat(turns(scheduler, true))
                .containsExactly("control b", "control a", "reset 7", "fin 9", "NOP", "data a", "data b");
        assertThat(scheduler.isIdle()).isTrue();
    }

    @Test
    void aStalledTransportGetsFewControlFramesAndNoData() {
        SendScheduler<Stream> scheduler = new SendScheduler<>();
        Stream a = new Stream("a");
        scheduler.dataReady(a.data);
        scheduler.nop();
        for (int i = 0; i < 10_000; i++) {
            scheduler.fin(i);
        }
        assertThat(turns(scheduler, false))
                .hasSize(SendScheduler.BYPASS_BYTES / 8)
                .doesNotContain("NOP", "data a");
        assertThat(turns(scheduler, false)).isEmpty();
        assertThat(turns(scheduler, true)).hasSize(10_000 - SendScheduler.BYPASS_BYTES / 8 + 2);
    }

    @Test
    void finsAreBounded() {
        SendScheduler<Stream> scheduler = new SendScheduler<>();
        for (int i = 0; i < SendScheduler.MAX_FINS; i++) {
            assertThat(scheduler.fin(i)).isTrue();
        }
        assertThat(scheduler.fin(1)).isFalse();
    }

    @Test
    void forgottenStreamsGetNoTurn() {
        SendScheduler<Stream> scheduler = new SendScheduler<>();
        Stream a = new Stream("a");
        Stream b = new Stream("b");
        Stream c = new Stream("c");
        for (Stream stream : List.of(a, b, c)) {
            scheduler.dataReady(stream.data);
            scheduler.controlReady(stream.control);
        }
        scheduler.forget(b.control, b.data);
        assertThat(turns(scheduler, true)).containsExactly("control a", "control c", "data a", "data c");
    }

    @Property(tries = 200)
    void ringBehavesLikeAPlainQueue(@ForAll long seed) {
        Random random = new Random(seed);
        List<ReadyRing.Node<Integer>> nodes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            nodes.add(new ReadyRing.Node<>(i));
        }
        ReadyRing<Integer> ring = new ReadyRing<>();
        ArrayDeque<Integer> model = new ArrayDeque<>();
        for (int step = 0; step < 300; step++) {
            int i = random.nextInt(8);
            switch (random.nextInt(3)) {
                case 0 -> {
                    ring.add(nodes.get(i));
                    if (!model.contains(i)) {
                        model.add(i);
                    }
                }
                case 1 -> {
                    ring.remove(nodes.get(i));
                    model.remove(i);
                }
                default -> assertThat(ring.poll()).isEqualTo(model.poll());
            }
            assertThat(ring.size()).isEqualTo(model.size());
            assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(nodes.get(i).isLinked()).isEqualTo(model.contains(i));
        }
    }

    @Property(tries = 100)
    void intFifoBehavesLikeAPlainQueue(@ForAll long seed) {
        Random random = new Random(seed);
        IntFifo fifo = new IntFifo(100);
        ArrayDeque<Integer> model = new ArrayDeque<>();
        for (int step = 0; step < 1000; step++) {
            if (random.nextInt(100) < (step / 200 % 2 == 0 ? 70 : 30)) {
                int value = random.nextInt();
                assertThat(fifo.add(value)).isEqualTo(model.size() < 100);
                if (model.size() < 100) {
                    model.add(value);
                }
            } else if (!model.isEmpty()) {
                assertThat(fifo.poll()).isEqualTo(model.remove());
            }
            assertThat(fifo.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    @Test
    void idsStartAtThreeAndTwoAndEndAtTheTopOfThirtyTwoBits() {
        StreamIds client = new StreamIds(true);
        assertThat(client.next()).isEqualTo(3);
        assertThat(client.next()).isEqualTo(5);
        StreamIds server = new StreamIds(false);
        assertThat(server.next()).isEqualTo(2);
        assertThat(server.next()).isEqualTo(4);
        assertThat(client.isOwn(7)).isTrue();
        assertThat(client.isOwn(-1)).isTrue();
        assertThat(client.isOwn(0)).isFalse();
        assertThat(server.isOwn(0)).isTrue();
        assertThat(server.isOwn(-1)).isFalse();

        StreamIds lastClient = new StreamIds(true, 0xffff_fffdL);
        assertThat(Integer.toUnsignedLong(lastClient.next())).isEqualTo(0xffff_ffffL);
        assertThat(lastClient.hasNext()).isFalse();
        assertThatThrownBy(lastClient::next).isInstanceOf(IllegalStateException.class);
        StreamIds lastServer = new StreamIds(false, 0xffff_fffcL);
        assertThat(Integer.toUnsignedLong(lastServer.next())).isEqualTo(0xffff_fffeL);
        assertThat(lastServer.hasNext()).isFalse();
        assertThat(lastServer.hasNext()).isFalse();
    }

    @Test
    void statesFollowTheFinsHeardAndSaid() {
        StreamState state = new StreamState();
        assertThat(state.phase()).isEqualTo(StreamState.Phase.OPEN);
        assertThat(state.sendFin()).isTrue();
        assertThat(state.sendFin()).isFalse();
        assertThat(state.phase()).isEqualTo(StreamState.Phase.HALF_CLOSED_LOCAL);
        assertThat(state.receiveFin()).isTrue();
        assertThat(state.phase()).isEqualTo(StreamState.Phase.CLOSED);
        assertThat(state.close()).as("no FIN owed").isFalse();

        StreamState other = new StreamState();
        assertThat(other.receiveFin()).isTrue();
        assertThat(other.phase()).isEqualTo(StreamState.Phase.HALF_CLOSED_REMOTE);
        assertThat(other.isRemoteGone()).isFalse();
        assertThat(other.receiveFin()).isFalse();
        assertThat(other.receiveFin()).isFalse();
        assertThat(other.isRemoteGone()).isTrue();
        assertThat(other.close()).as("FIN owed").isTrue();
        assertThat(other.close()).isFalse();
        assertThat(other.sendFin()).isFalse();
        assertThat(other.phase()).isEqualTo(StreamState.Phase.CLOSED);
    }

    @Test
    void budgetIsOverdrawnByOneFrameAtMostAndReturnsNoMoreThanItHolds() {
        ReceiveBudget budget = new ReceiveBudget(1);
        assertThat(budget.isOpen()).isTrue();
        budget.charge(65535);
        assertThat(budget.availableBytes()).isEqualTo(-65534);
        assertThat(budget.isOpen()).isFalse();
        budget.giveBack(65534);
        assertThat(budget.isOpen()).isFalse();
        assertThatThrownBy(() -> budget.giveBack(2)).isInstanceOf(IllegalStateException.class);
        budget.giveBack(1);
        assertThat(budget.isOpen()).isTrue();
        assertThat(budget.availableBytes()).isEqualTo(budget.capacityBytes());
    }

    @Test
    void keepAliveGivesUpAfterASilentPeriodUnlessExempt() {
        KeepAlive keepAlive = new KeepAlive();
        assertThat(keepAlive.isEverActive()).isFalse();
        keepAlive.onActivity();
        assertThat(keepAlive.onTimeoutTick(false)).isFalse();
        assertThat(keepAlive.onTimeoutTick(true)).isFalse();
        assertThat(keepAlive.onTimeoutTick(false)).isTrue();
        assertThat(new KeepAlive().onTimeoutTick(false)).isTrue();
    }

    @Test
    void tokenRateAllowsABurstAndThenTheRate() {
        long second = 1_000_000_000L;
        TokenRate rate = new TokenRate(10, 5);
        int taken = 0;
        for (int i = 0; i < 100; i++) {
            taken += rate.tryTake(0) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(5);
        assertThat(rate.tryTake(second / 10)).isTrue();
        assertThat(rate.tryTake(second / 10)).isFalse();
        taken = 0;
        for (int i = 0; i < 100; i++) {
            taken += rate.tryTake(100 * second) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(5);
        TokenRate unlimited = new TokenRate(0, 1);
        for (int i = 0; i < 100; i++) {
            assertThat(unlimited.tryTake(0)).isTrue();
        }
    }
}
