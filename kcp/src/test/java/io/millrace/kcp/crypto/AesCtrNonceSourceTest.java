package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AesCtrNonceSourceTest {
    @Test
    void neverRepeatsAcrossRefills() {
        NonceSource nonces = NonceSource.secure();
        Set<String> seen = new HashSet<>();
        byte[] nonce = new byte[16];
        for (int i = 0; i < 20_000; i++) {
            nonces.fill(nonce, 0, i % 3 == 0 ? 12 : 16); // lengths that do not divide the buffer
            seen.add(HexFormat.of().formatHex(nonce, 0, 12));
        }
        assertThat(seen).hasSize(20_000);
    }

    @Test
    void fillsTheRangeAndNothingElse() {
        NonceSource nonces = NonceSource.secure();
        byte[] to = new byte[48];
        Arrays.fill(to, (byte) 0x7e);
        byte[] or = new byte[16];
        for (int i = 0; i < 200; i++) {
            nonces.fill(to, 16, 16);
            for (int b = 0; b < 16; b++) {
                or[b] |= (byte) (to[16 + b] ^ 0x7e);
            }
        }
        assertThat(Arrays.copyOf(to, 16)).containsOnly(0x7e);
        assertThat(Arrays.copyOfRange(to, 32, 48)).containsOnly(0x7e);
        assertThat(or).as("every bit of every byte was written").containsOnly(0xff);
    }

    @Test
    void twoSourcesDiffer() {
        byte[] one = new byte[16];
        byte[] two = new byte[16];
        NonceSource.secure().fill(one, 0, 16);
        NonceSource.secure().fill(two, 0, 16);
        assertThat(one).isNotEqualTo(two);
    }
}
