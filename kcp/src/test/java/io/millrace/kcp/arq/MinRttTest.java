package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MinRttTest {
    private final MinRtt minRtt = new MinRtt();

    @Test
    void isTheShortestOfTheLastPeriods() {
        int startMs = Integer.MAX_VALUE - 100; // the clock passes 2^31 on the way
        assertThat(minRtt.ms()).isEqualTo(-1);
        minRtt.sample(50, startMs);
        minRtt.sample(40, startMs + 200);
        minRtt.sample(60, startMs + 300);
        assertThat(minRtt.ms()).isEqualTo(40);
        minRtt.sample(70, startMs + MinRtt.PERIOD_MS);
        assertThat(minRtt.ms()).isEqualTo(40);
        minRtt.sample(80, startMs + 2 * MinRtt.PERIOD_MS);
        assertThat(minRtt.ms()).isEqualTo(70);
        minRtt.sample(30, startMs + 2 * MinRtt.PERIOD_MS + 1);
        assertThat(minRtt.ms()).isEqualTo(30);
    }

    @Test
    void forgetsWhatALongRestMadeOld() {
        minRtt.sample(20, 0);
        minRtt.sample(90, 2 * MinRtt.PERIOD_MS);
        assertThat(minRtt.ms()).isEqualTo(90);
        minRtt.sample(20, 2 * MinRtt.PERIOD_MS);
        minRtt.sample(90, Integer.MIN_VALUE); // 24 days later
        assertThat(minRtt.ms()).isEqualTo(90);
    }
}
