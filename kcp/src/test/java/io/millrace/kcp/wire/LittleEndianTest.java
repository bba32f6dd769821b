package io.millrace.kcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LittleEndianTest {
    @Test
    void theLowestByteComesFirst() {
        byte[] bytes = new byte[8];
        LittleEndian.putInt(bytes, 1, 0x89abcdef);
        assertThat(bytes).containsExactly(0, 0xef, 0xcd, 0xab, 0x89, 0, 0, 0);
        LittleEndian.putShort(bytes, 5, 0x1f2f3);
        assertThat(bytes).containsExactly(0, 0xef, 0xcd, 0xab, 0x89, 0xf3, 0xf2, 0);
        assertThat(LittleEndian.getUnsignedShort(bytes, 5)).isEqualTo(0xf2f3);
    }

    @Property
    void whatIsWrittenIsRead(
            @ForAll int value, @ForAll @IntRange(max = 0xffff) int half, @ForAll @IntRange(max = 9) int at) {
        byte[] bytes = new byte[16];
        LittleEndian.putInt(bytes, at, value);
        LittleEndian.putShort(bytes, at + 4, half);
        assertThat(LittleEndian.getInt(bytes, at)).isEqualTo(value);
        assertThat(LittleEndian.getUnsignedShort(bytes, at + 4)).isEqualTo(half);
    }

    @Test
    void accessOutsideOfTheArrayIsRefused() {
        byte[] bytes = new byte[8];
        assertThatThrownBy(() -> LittleEndian.getInt(bytes, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> LittleEndian.getInt(bytes, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> LittleEndian.putInt(bytes, 5, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> LittleEndian.getUnsignedShort(bytes, 7)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> LittleEndian.putShort(bytes, 7, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
