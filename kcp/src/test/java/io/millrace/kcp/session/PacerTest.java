package io.millrace.kcp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacerTest {
    private static final int PACKET_BYTES = 1350;

    @ParameterizedTest(name = "{0} bytes/s from {1} ms")
    @ValueSource(ints = {1_000, 33_333, 1_000_000, 77_777_777, Integer.MAX_VALUE})
    void givesTheRateToTheByte(int bytesPerSecond) {
        int startMs = Integer.MAX_VALUE - 700; // the clock passes 2^31 on the way
        Pacer pacer = new Pacer(bytesPerSecond, 0, startMs);
        long sent = 0;
        int elapsedMs = 0;
        while (elapsedMs < 100_000) {
            assertThat(pacer.isReady(startMs + elapsedMs)).isTrue();
            while (pacer.covers(0)) {
                pacer.spend(PACKET_BYTES);
                sent += PACKET_BYTES;
            }
            int waitMs = pacer.msUntilReady(startMs + elapsedMs);
            assertThat(waitMs).isPositive();
            assertThat(pacer.isReady(startMs + elapsedMs + waitMs - 1)).isFalse();
            elapsedMs += waitMs;
        }
        long due = (long) bytesPerSecond * elapsedMs / 1000;
        assertThat(sent).isBetween(due - bytesPerSecond / 1000 - 1, due + PACKET_BYTES);
    }

    @Test
    void restGivesNoMoreThanTheCredit() {
        Pacer pacer = new Pacer(1_000_000, 0, 5);
        pacer.spend(3000);
        assertThat(pacer.msUntilReady(5)).isEqualTo(3);
        assertThat(pacer.isReady(1_000_000_000)).isTrue();
        int creditBytes = 1000 * Pacer.CREDIT_MS;
        assertThat(pacer.covers(creditBytes)).isTrue();
        assertThat(pacer.covers(creditBytes + 1)).isFalse();
    }

    @Test
    void theSlowestRateWaitsAsLongAsItMust() {
        Pacer pacer = new Pacer(1, 0, 0);
        pacer.spend(PACKET_BYTES);
        assertThat(pacer.msUntilReady(0)).isEqualTo(PACKET_BYTES * 1000);
        assertThat(pacer.msUntilReady(1000)).isEqualTo((PACKET_BYTES - 1) * 1000);
    }

    @Test
    void aLargerCreditIsThereFromTheStartAndAfterEachRest() {
        Pacer pacer = new Pacer(10_000, 50_000, 0);
        for (int startMs : new int[] {0, 20_000, Integer.MIN_VALUE}) {
            assertThat(pacer.isReady(startMs)).isTrue();
            assertThat(pacer.covers(50_000)).isTrue();
            assertThat(pacer.covers(50_001)).isFalse();
            assertThat(pacer.backlogBytes()).isEqualTo(50_000);
            pacer.spend(51_000);
            assertThat(pacer.backlogBytes()).as("20 ms").isEqualTo(200);
            assertThat(pacer.msUntilReady(startMs)).isEqualTo(100);
        }
    }

    @Test
    void anotherRateHoldsFromNowOn() {
        Pacer pacer = new Pacer(1000, 0, 0);
        pacer.spend(3000);
        pacer.setRate(4000, 1000);
        assertThat(pacer.msUntilReady(1000)).isEqualTo(500);
        assertThat(pacer.msUntilReady(1400)).isEqualTo(100);
        assertThatThrownBy(() -> pacer.setRate(0, 1400)).hasMessageContaining("bytesPerSecond 0");
    }

    @Test
    void noRateIsNoPacer() {
        assertThatThrownBy(() -> new Pacer(0, 0, 0)).hasMessageContaining("bytesPerSecond 0");
    }
}
