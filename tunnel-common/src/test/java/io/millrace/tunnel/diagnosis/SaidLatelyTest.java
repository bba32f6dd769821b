package io.millrace.tunnel.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class SaidLatelyTest {
    private final SaidLately said = new SaidLately();

    private static InetAddress host(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
    }

    @Test
    void theSameOfTheSameHostIsSaidOnceInAWhile() throws UnknownHostException {
        assertThat(said.mayFirst("key", host(1), 0)).isTrue();
        assertThat(said.mayFirst("key", host(1), 29_999)).isFalse();
        assertThat(said.mayFirst("mtu", host(1), 29_999)).isTrue();
        assertThat(said.mayFirst("key", host(2), 29_999)).isTrue();
        assertThat(said.mayFirst("key", host(1), 30_000)).isTrue();
        assertThat(said.mayFirst("key", host(1), 30_001)).isFalse();
    }

    @Test
    void onlySoMuchIsRemembered() throws UnknownHostException {
        for (int i = 0; i <= SaidLately.MAX_LINES; i++) {
            assertThat(said.mayFirst("key", host(i), 0)).isTrue();
        }
        assertThat(said.mayFirst("key", host(SaidLately.MAX_LINES), 1)).isFalse();
        assertThat(said.mayFirst("key", host(0), 1)).isTrue();
    }
}
