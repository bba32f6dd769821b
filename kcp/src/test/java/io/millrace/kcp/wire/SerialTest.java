package io.millrace.kcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerialTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff})
    void orderIsTheSignOfTheDifferenceAcrossBothWraps(int a) {
        assertThat(Serial.diff(a + 1, a)).isEqualTo(1);
        assertThat(Serial.diff(a, a + 1)).isEqualTo(-1);
        assertThat(Serial.diff(a, a)).isZero();
        assertThat(Serial.before(a, a + 1)).isTrue();
        assertThat(Serial.before(a + 1, a)).isFalse();
        assertThat(Serial.before(a, a)).isFalse();
        assertThat(Serial.before(a, a + 0x7fff_ffff)).isTrue();
        assertThat(Serial.before(a + 0x7fff_ffff, a)).isFalse();
    }

    @Property
    void distanceIsThatOfTheUnsignedNumbersModulo32Bits(
            @ForAll int from, @ForAll @IntRange(min = Integer.MIN_VALUE) int distance) {
        assertThat(Serial.diff(from + distance, from)).isEqualTo(distance);
        assertThat(Serial.before(from + distance, from)).isEqualTo(distance < 0);
    }
}
