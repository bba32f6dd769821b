package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RetransmissionTimersTest {
    private static final int SEGMENTS = 12;

    private final RetransmissionTimers timers = new RetransmissionTimers();

    private Segment set(int sn, int dueMs, int nowMs) {
        Segment segment = new Segment(0);
        segment.sn = sn;
        segment.resendAtMs = dueMs;
        timers.set(segment, nowMs);
        return segment;
    }

    private List<Integer> poll(int nowMs) {
        List<Integer> sns = new ArrayList<>();
        for (Segment s = timers.pollDue(nowMs); s != null; s = timers.pollDue(nowMs)) {
            sns.add(s.sn);
        }
        return sns;
    }

    @Test
    void segmentsOfOneTimeComeInTheOrderTheyWereSet() {
        for (int sn = 0; sn < 5; sn++) {
            set(sn, 150, 100);
        }
        assertThat(poll(149)).isEmpty();
        assertThat(poll(150)).containsExactly(0, 1, 2, 3, 4);
        assertThat(timers.isEmpty()).isTrue();
    }

    @Test
    void orderSurvivesTheWaitBeyondTheWheel() {
        for (int sn = 0; sn < 5; sn++) {
            set(sn, 60_000, 0);
        }
        assertThat(timers.msUntilNext(0)).isEqualTo(60_000);
        assertThat(poll(59_999)).isEmpty();
        assertThat(timers.msUntilNext(59_999)).isEqualTo(1);
        assertThat(poll(60_000)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void clearingFirstMiddleAndLastOfASlotLeavesTheOthers() {
        List<Segment> segments = new ArrayList<>();
        for (int sn = 0; sn < 7; sn++) {
            segments.add(set(sn, 20, 0));
        }
        timers.clear(segments.get(0));
        timers.clear(segments.get(3));
        timers.clear(segments.get(6));
        timers.clear(segments.get(6));
        set(7, 20, 0);
        assertThat(poll(20)).containsExactly(1, 2, 4, 5, 7);
        assertThat(timers.msUntilNext(20)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void farTimersWakeNobodyBeforeTheirTime() {
        set(1, 10_000, 0);
        int wakeUps = 0;
        int nowMs = 0;
        while (!timers.isEmpty()) {
            nowMs += timers.msUntilNext(nowMs);
            wakeUps++;
            poll(nowMs);
        }
        assertThat(nowMs).isEqualTo(10_000);
        assertThat(wakeUps).isEqualTo(1);
    }

    @Test
    void aLongPauseLosesNothing() {
        set(1, 100, 0);
        set(2, 3000, 0);
        assertThat(poll(1_000_000)).containsExactly(1, 2);
    }

    private record Op(int kind, int segment, int ms) {}

    @Provide
    Arbitrary<List<Op>> ops() {
        Arbitrary<Integer> kinds = Arbitraries.of(0, 0, 0, 1, 2, 2);
        Arbitrary<Integer> times = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 40),
                Arbitraries.integers().between(200, 600),
                Arbitraries.integers().between(0, 70_000));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, SEGMENTS - 1), times)
                .as(Op::new)
                .list()
                .ofMaxSize(200);
    }

    @Provide
    Arbitrary<Integer> starts() {
        return Arbitraries.of(0, 1_000_000, 0x7fff_ffff - 300, -300, 0x7fff_ffff - 40_000, -40_000);
    }

    /** Against a model that looks at all segments every time. Operations: set, clear, let time pass and poll. */
    @Property(tries = 2000)
    void agreesWithASlowModel(@ForAll("ops") List<Op> ops, @ForAll("starts") int startMs) {
        RetransmissionTimers wheel = new RetransmissionTimers();
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < SEGMENTS; i++) {
            Segment segment = new Segment(0);
            segment.sn = i;
            segments.add(segment);
        }
        Set<Segment> armed = new HashSet<>();
        boolean exact =
                ops.stream().noneMatch(op -> op.kind != 2 && (op.kind == 1 || op.ms >= RetransmissionTimers.SLOTS));
        int nowMs = startMs;
        for (Op op : ops) {
            Segment segment = segments.get(op.segment);
            switch (op.kind) {
                case 0 -> {
                    segment.resendAtMs = nowMs + op.ms;
                    wheel.set(segment, nowMs);
                    armed.add(segment);
                }
                case 1 -> {
                    wheel.clear(segment);
                    armed.remove(segment);
                }
                default -> {
                    nowMs += op.ms;
                    Set<Segment> due = new HashSet<>();
                    for (Segment s : armed) {
                        if (s.resendAtMs - nowMs <= 0) {
                            due.add(s);
                        }
                    }
                    Set<Segment> polled = new HashSet<>();
                    for (Segment s = wheel.pollDue(nowMs); s != null; s = wheel.pollDue(nowMs)) {
                        assertThat(polled.add(s)).isTrue();
                        assertThat(s.timerSlot).isEqualTo(-1);
                    }
                    assertThat(polled).isEqualTo(due);
                    armed.removeAll(due);
                }
            }
            assertThat(wheel.isEmpty()).isEqualTo(armed.isEmpty());
            int next = Integer.MAX_VALUE;
            for (Segment s : armed) {
                next = Math.min(next, Math.max(0, s.resendAtMs - nowMs));
            }
            // Never late; early only for a cleared timer beyond the wheel.
            assertThat(wheel.msUntilNext(nowMs)).isLessThanOrEqualTo(next);
            if (exact) {
                assertThat(wheel.msUntilNext(nowMs)).isEqualTo(next);
            }
        }
    }
}
