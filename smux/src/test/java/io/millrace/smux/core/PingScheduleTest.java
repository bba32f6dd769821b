package io.millrace.smux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PingScheduleTest {
    private static final long BIRTH_NS = Long.MAX_VALUE - 5_000_000_000L; // the clock wraps around soon

    private static long ms(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    @Test
    void aLeaderKeepsToItsInterval() {
        PingSchedule leader = new PingSchedule(ms(10_000), ms(30_000), false, BIRTH_NS);
        for (int i = 1; i <= 5; i++) {
            assertThat(leader.poll(BIRTH_NS + ms(10_000L * i - 1))).isFalse();
            assertThat(leader.onPeerPing(BIRTH_NS + ms(10_000L * i - 1))).isFalse();
            assertThat(leader.poll(BIRTH_NS + ms(10_000L * i + 40))).as("late").isTrue();
            assertThat(leader.dueNs()).isEqualTo(BIRTH_NS + ms(10_000L * (i + 1)));
        }
    }

    @Test
    void whatWasMissedIsNotMadeUpFor() {
        PingSchedule leader = new PingSchedule(ms(10_000), ms(30_000), false, BIRTH_NS);
        assertThat(leader.poll(BIRTH_NS + ms(3_600_000))).isTrue();
        assertThat(leader.poll(BIRTH_NS + ms(3_600_000))).isFalse();
        assertThat(leader.dueNs()).isEqualTo(BIRTH_NS + ms(3_610_000));
    }

    /** Whatever the delays of the path and the moment at which the second end begins: from the second round on it follows. */
    @Test
    void aFollowerComesToShareEveryRound() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            long nowNs = BIRTH_NS;
            PingSchedule leader = new PingSchedule(ms(10_000), ms(30_000), false, nowNs);
            PingSchedule follower = new PingSchedule(ms(10_000), ms(30_000), true, nowNs + ms(random.nextInt(10_000)));
            int alone = 0;
            for (int round = 0; round < 30; round++) {
                nowNs = leader.dueNs();
                assertThat(leader.poll(nowNs)).isTrue();
                long arrivalNs = nowNs + ms(random.nextInt(1_000));
                while (follower.dueNs() - arrivalNs <= 0) {
                    assertThat(follower.poll(follower.dueNs())).isTrue();
                    if (round > 8) {
                        alone++;
                    }
                }
                boolean followed = follower.onPeerPing(arrivalNs);
                if (round > 8) {
                    assertThat(followed)
                            .as("seed %s, run %s, round %s", seed, run, round)
                            .isTrue();
                }
            }
            assertThat(alone).as("seed %s, run %s", seed, run).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10000, 30000, 11250",
        "1000, 30000, 1125",
        "24000, 30000, 27000",
        "29000, 30000, 29500",
        "30000, 30000, 30000"
    })
    void aFollowerThatHearsNothingIsLaterByAnEighthAtMostAndWithinTheTimeout(
            long intervalMs, long timeoutMs, long periodMs) {
        PingSchedule follower = new PingSchedule(ms(intervalMs), ms(timeoutMs), true, BIRTH_NS);
        assertThat(follower.dueNs()).isEqualTo(BIRTH_NS + ms(periodMs));
        assertThat(follower.poll(BIRTH_NS + ms(periodMs) - 1)).isFalse();
        assertThat(follower.poll(BIRTH_NS + ms(periodMs))).isTrue();
        assertThat(follower.dueNs()).isEqualTo(BIRTH_NS + ms(2 * periodMs));
    }

    @Test
    void aFloodOfPingsIsNotAnswered() {
        PingSchedule follower = new PingSchedule(ms(10_000), ms(30_000), true, BIRTH_NS);
        int sent = 0;
        for (int atMs = 0; atMs < 60_000; atMs++) {
            sent += follower.onPeerPing(BIRTH_NS + ms(atMs)) ? 1 : 0;
        }
        assertThat(sent).isEqualTo(7);
    }
}
