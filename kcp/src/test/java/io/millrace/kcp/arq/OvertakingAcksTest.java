package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class OvertakingAcksTest {
    private record Ack(int sn, int ts) {}

    /** Counts for holes in ascending order, against a count that looks at every pair. */
    @Property(tries = 2000)
    void agreesWithCountingEveryPair(
            @ForAll int firstSn,
            @ForAll int firstTs,
            @ForAll @Size(min = 1, max = OvertakingAcks.CAPACITY) List<@IntRange(max = 2000) Integer> acked,
            @ForAll @Size(max = 40) List<@IntRange(max = 50) Integer> gaps) {
        List<Ack> model = new ArrayList<>();
        OvertakingAcks acks = new OvertakingAcks();
        for (int value : acked) {
            Ack ack = new Ack(firstSn + value % 100, firstTs + value / 100);
            model.add(ack);
            acks.add(ack.sn, ack.ts);
        }
        acks.sort();
        int highest = model.stream().mapToInt(a -> a.sn - firstSn).max().orElseThrow();
        assertThat(acks.endSn()).isEqualTo(firstSn + highest);
        int sn = firstSn - 20;
        for (int gap : gaps) {
            int holeSn = sn;
            int sentTs = firstTs + gap % 20;
            long expected = model.stream()
                    .filter(a -> holeSn - a.sn < 0 && sentTs - a.ts <= 0)
                    .count();
            assertThat(acks.countOvertaking(holeSn, sentTs)).isEqualTo((int) expected);
            sn += gap / 5;
        }
        acks.clear();
        assertThat(acks.isEmpty()).isTrue();
    }
}
