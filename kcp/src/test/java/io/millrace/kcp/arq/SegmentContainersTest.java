package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SegmentContainersTest {
    private static Segment segment(int sn) {
        Segment segment = new Segment(0);
        segment.sn = sn;
        return segment;
    }

    @Property
    void queueAgreesWithADeque(@ForAll @Size(max = 300) List<@IntRange(max = 2) Integer> ops) {
        SegmentQueue queue = new SegmentQueue();
        Deque<Segment> model = new ArrayDeque<>();
        for (int op : ops) {
            if (op < 2) {
                Segment added = segment(0);
                queue.add(added);
                model.addLast(added);
            } else {
                assertThat(queue.poll()).isSameAs(model.pollFirst());
            }
            assertThat(queue.size()).isEqualTo(model.size());
            assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(queue.first()).isSameAs(model.peekFirst());
            assertThat(queue.last()).isSameAs(model.peekLast());
        }
    }

    /** Numbers of a sliding window, put in any order and removed from its lower end. */
    @Property
    void ringAgreesWithAMap(
            @ForAll int firstSn, @ForAll @Size(max = 300) List<@IntRange(min = -40, max = 300) Integer> ops) {
        SegmentRing ring = new SegmentRing();
        Map<Integer, Segment> model = new HashMap<>();
        int low = firstSn;
        for (int op : ops) {
            if (op >= 0) {
                Segment added = segment(low + op);
                ring.put(added, op + 1);
                model.put(added.sn, added);
            } else {
                for (int i = op; i < 0; i++) {
                    Segment expected = model.remove(low);
                    Segment removed = ring.get(low);
                    assertThat(removed).isSameAs(expected);
                    if (removed != null) {
                        assertThat(ring.remove(low)).isSameAs(expected);
                    }
                    low++;
                }
            }
            for (Map.Entry<Integer, Segment> entry : model.entrySet()) {
                assertThat(ring.get(entry.getKey())).isSameAs(entry.getValue());
            }
        }
    }

    @Test
    void poolHandsOutWhatCameBackAsNew() {
        SegmentPool pool = new SegmentPool(2);
        Segment segment = pool.acquire();
        segment.sn = 7;
        segment.length = 3;
        segment.acked = true;
        segment.fastAck = 9;
        segment.transmissions = 4;
        pool.release(segment);
        assertThat(pool.spareSegments()).isEqualTo(1);
        Segment again = pool.acquire();
        assertThat(again).isSameAs(segment);
        assertThat(again.sn).isZero();
        assertThat(again.length).isZero();
        assertThat(again.acked).isFalse();
        assertThat(again.fastAck).isZero();
        assertThat(again.transmissions).isZero();
        assertThat(pool.spareSegments()).isZero();
    }

    @Property(tries = 100)
    void poolKeepsNoMoreThanItsBoundAndGivesNothingTwice(
            @ForAll @IntRange(max = 200) int maxSpare, @ForAll @IntRange(max = 300) int segments) {
        SegmentPool pool = new SegmentPool(maxSpare);
        List<Segment> taken = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            taken.add(pool.acquire());
        }
        taken.forEach(pool::release);
        assertThat(pool.spareSegments()).isEqualTo(Math.min(maxSpare, segments));
        Set<Segment> again = new HashSet<>();
        for (int i = 0; i < segments; i++) {
            assertThat(again.add(pool.acquire())).isTrue();
        }
    }

    @Test
    void aNegativeBoundIsRefused() {
        assertThatThrownBy(() -> new SegmentPool(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }
}
