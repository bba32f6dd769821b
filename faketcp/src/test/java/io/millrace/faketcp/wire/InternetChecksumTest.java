package io.millrace.faketcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class InternetChecksumTest {
    @Test
    void theExampleOfRfc1071() {
        byte[] bytes = {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};
        assertThat(InternetChecksum.fold(InternetChecksum.sum(Unpooled.wrappedBuffer(bytes), 0, 8)))
                .isEqualTo(0xddf2);
        assertThat(InternetChecksum.fold(InternetChecksum.sum(bytes))).isEqualTo(0xddf2);
    }

    @Test
    void aLongRunOfOnesDoesNotOverflow() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xff);
        assertThat(InternetChecksum.fold(InternetChecksum.sum(Unpooled.wrappedBuffer(bytes), 0, 65_535)))
                .isEqualTo(slow(bytes, 0, bytes.length));
        assertThat(InternetChecksum.fold(-1L >>> 1)).isBetween(0, 0xffff);
    }

    @Property
    void equalsTheSlowSum(@ForAll @Size(max = 100) byte[] bytes, @ForAll @IntRange(max = 100) int from) {
        int start = Math.min(from, bytes.length);
        int length = bytes.length - start;
        assertThat(InternetChecksum.fold(InternetChecksum.sum(Unpooled.wrappedBuffer(bytes), start, length)))
                .isEqualTo(slow(bytes, start, length));
    }

    private static int slow(byte[] bytes, int start, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int octet = bytes[start + i] & 0xff;
            sum += i % 2 == 0 ? octet << 8 : octet;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
