package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** spec: kcp 4.7 (2) */
class WindowProbeTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 0x7fff_ff00, -100})
    void asksAfter500MsThenHalfAsLateAgainEachTime(int startMs) {
        WindowProbe probe = new WindowProbe();
        probe.observe(0, startMs);
        int nowMs = startMs;
        for (int wait : new int[] {500, 750, 1125, 1687, 2530, 3795, 5692}) {
            assertThat(probe.msUntilNext(nowMs)).isEqualTo(wait);
            assertThat(probe.poll(nowMs + wait - 1)).isFalse();
            nowMs += wait;
            probe.observe(0, nowMs); // still 0: not a new beginning
            assertThat(probe.msUntilNext(nowMs)).isZero();
            assertThat(probe.poll(nowMs)).isTrue();
            assertThat(probe.poll(nowMs)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_535})
    void stopsWhenTheWindowOpensAndBeginsAnew(int window) {
        WindowProbe probe = new WindowProbe();
        assertThat(probe.msUntilNext(0)).isEqualTo(Integer.MAX_VALUE);
        probe.observe(0, 0);
        assertThat(probe.poll(500)).isTrue();
        probe.observe(window, 600);
        assertThat(probe.msUntilNext(600)).isEqualTo(Integer.MAX_VALUE);
        assertThat(probe.poll(100_000)).isFalse();
        probe.observe(0, 100_000);
        assertThat(probe.msUntilNext(100_000)).isEqualTo(500);
    }

    @Test
    void waitsTwoMinutesAtMost() {
        WindowProbe probe = new WindowProbe();
        probe.observe(0, 0);
        int nowMs = 0;
        for (int i = 0; i < 40; i++) {
            nowMs += probe.msUntilNext(nowMs);
            assertThat(probe.poll(nowMs)).isTrue();
        }
        assertThat(probe.msUntilNext(nowMs)).isEqualTo(120_000);
    }
}
