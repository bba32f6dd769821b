package io.millrace.kcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketBurstTest {
    @Test
    void packetsLieEndToEnd() {
        PacketBurst burst = new PacketBurst(3, 100);
        assertThat(burst.count()).isZero();
        assertThat(burst.totalBytes()).isZero();
        int[] lengths = {100, 1, 57};
        int at = 0;
        for (int i = 0; i < 3; i++) {
            assertThat(burst.hasRoom(3 - i)).isTrue();
            assertThat(burst.hasRoom(4 - i)).isFalse();
            assertThat(burst.begin()).isEqualTo(at);
            assertThat(burst.bytes().length - at).isGreaterThanOrEqualTo(100);
            burst.commit(lengths[i]);
            assertThat(burst.offset(i)).isEqualTo(at);
            assertThat(burst.length(i)).isEqualTo(lengths[i]);
            at += lengths[i];
            assertThat(burst.totalBytes()).isEqualTo(at);
        }
        assertThat(burst.count()).isEqualTo(3);
        assertThatThrownBy(burst::begin).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> burst.commit(1)).isInstanceOf(IllegalStateException.class);
        assertThat(burst.count()).isEqualTo(3);
    }

    @Test
    void beginsAgainAfterClear() {
        PacketBurst burst = new PacketBurst(1, 10);
        byte[] bytes = burst.bytes();
        burst.commit(7);
        burst.clear();
        assertThat(burst.count()).isZero();
        assertThat(burst.totalBytes()).isZero();
        assertThat(burst.begin()).isZero();
        assertThat(burst.bytes()).isSameAs(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "11"})
    void refusesImpossibleLengths(int length) {
        PacketBurst burst = new PacketBurst(2, 10);
        assertThatThrownBy(() -> burst.commit(length)).hasMessageContaining("1..10");
        assertThat(burst.count()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 5"})
    void needsRoom(int packets, int bytes) {
        assertThatThrownBy(() -> new PacketBurst(packets, bytes)).isInstanceOf(IllegalArgumentException.class);
    }
}
