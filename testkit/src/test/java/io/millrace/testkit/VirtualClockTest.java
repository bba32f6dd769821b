package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualClockTest {
    private final List<String> trace = new ArrayList<>();

    private Runnable record(VirtualClock clock, String name) {
        return () -> trace.add(name + "@" + clock.nowMs());
    }

    @Test
    void runsEventsInOrderOfTimeAndEqualTimesInOrderOfScheduling() {
        VirtualClock clock = new VirtualClock();
        clock.schedule(20, record(clock, "late"));
        for (int i = 0; i < 5; i++) {
            clock.schedule(10, record(clock, "equal" + i));
        }
        clock.runUntil(30);
        assertThat(trace).containsExactly("equal0@10", "equal1@10", "equal2@10", "equal3@10", "equal4@10", "late@20");
        assertThat(clock.nowMs()).isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, (1L << 31) - 5, (1L << 32) - 5})
    void startsAnywhere(long startMs) {
        VirtualClock clock = VirtualClock.startingAtMs(startMs);
        assertThat(clock.nowMs()).isEqualTo(startMs);
        clock.scheduleAfter(10, record(clock, "event"));
        assertThat(clock.nextEventNs()).isEqualTo((startMs + 10) * 1_000_000);
        assertThat(clock.step()).isTrue();
        assertThat(trace).containsExactly("event@" + (startMs + 10));
        assertThat(clock.step()).isFalse();
        assertThat(clock.nowMs()).isEqualTo(startMs + 10);
    }

    @Test
    void runUntilIncludesItsEndAndEventsScheduledOnTheWay() {
        VirtualClock clock = new VirtualClock();
        clock.schedule(5, () -> {
            clock.scheduleAfter(5, record(clock, "onTheWay"));
            clock.scheduleNs(10_000_001, record(clock, "justAfter"));
        });
        clock.runUntil(10);
        assertThat(trace).containsExactly("onTheWay@10");
        clock.advanceNs(1);
        assertThat(trace).containsExactly("onTheWay@10", "justAfter@10");
        assertThat(clock.nowNs()).isEqualTo(10_000_001);
    }

    @Test
    void aPastTimeMeansNowButNotInsideTheCall() {
        VirtualClock clock = VirtualClock.startingAtMs(100);
        clock.schedule(50, record(clock, "past"));
        assertThat(trace).isEmpty();
        clock.advance(0);
        assertThat(trace).containsExactly("past@100");
    }

    @Test
    void cancelledEventsDoNotRunNorMoveTime() {
        VirtualClock clock = new VirtualClock();
        VirtualClock.Event event = clock.schedule(5, record(clock, "cancelled"));
        assertThat(clock.pendingEvents()).isEqualTo(1);
        event.cancel();
        assertThat(clock.pendingEvents()).isZero();
        assertThat(clock.nextEventNs()).isEqualTo(VirtualClock.NO_EVENT);
        assertThat(clock.step()).isFalse();
        assertThat(clock.nowMs()).isZero();
        assertThat(trace).isEmpty();
    }

    @Test
    void runsUntilAConditionOrALimit() {
        VirtualClock clock = new VirtualClock();
        clock.schedule(5, record(clock, "a"));
        clock.schedule(7, record(clock, "b"));
        assertThat(clock.runUntil(() -> trace.size() == 1, 100)).isTrue();
        assertThat(clock.nowMs()).isEqualTo(5);
        assertThat(clock.runUntil(() -> trace.size() == 3, 100)).isFalse();
        assertThat(clock.nowMs()).isEqualTo(100);
        assertThat(trace).containsExactly("a@5", "b@7");
    }

    @Test
    void timeDoesNotGoBack() {
        VirtualClock clock = VirtualClock.startingAtMs(100);
        assertThatThrownBy(() -> clock.runUntil(99)).hasMessageContaining("cannot go back");
        assertThatThrownBy(() -> VirtualClock.startingAtMs(-1)).hasMessageContaining("-1");
    }

    @Test
    void anEventThatReschedulesItselfAtTheSameTimeForEverIsReported() {
        VirtualClock clock = new VirtualClock();
        Runnable[] again = new Runnable[1];
        again[0] = () -> clock.schedule(1, again[0]);
        again[0].run();
        assertThatThrownBy(() -> clock.runUntil(2)).hasMessageContaining("time does not move on");
    }
}
