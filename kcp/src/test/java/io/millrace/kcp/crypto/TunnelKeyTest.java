package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelKeyTest {
    /** spec: kcp 10.2 */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"it's a secrect\"|25d7d7bd51050742d8d791f2b653c6c8b2366b7e25a124cf7a2e12eaf4ffa444",
                "\"test\"|fc0327c66699e5622be3b108e336991375ba429750939d57003dc89d9fed8859",
                "\"\"|b23383c32eefa3753ab6db6e639a0ddc3b50ec6b6c623c9171a15ba0879945cd"
            },
            quoteCharacter = '"')
    void vectors(String secret, String derived) {
        assertThat(HexFormat.of().formatHex(TunnelKey.derive(secret).prefix(32)))
                .isEqualTo(derived);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Schlüssel", "密钥", "a longer secret than one block of the hash, which is sixty-four bytes of it"
            })
    void agreesWithBouncyCastleOnUtf8(String secret) {
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator();
        generator.init(secret.getBytes(StandardCharsets.UTF_8), "kcp-go".getBytes(StandardCharsets.US_ASCII), 4096);
        byte[] expected = ((KeyParameter) generator.generateDerivedParameters(256)).getKey();
        assertThat(TunnelKey.derive(secret).prefix(32)).isEqualTo(expected);
    }

    /** The table of crypt xor, the only other use of the function. spec: kcp 2.5, 10.2 */
    @Test
    void longOutputFromRawBytes() {
        byte[] pass = TunnelKey.derive("it's a secrect").prefix(32);
        byte[] table = Pbkdf2.hmacSha1(pass, "sH3CIVoF#rWLtJo6".getBytes(StandardCharsets.US_ASCII), 32, 1500);
        assertThat(HexFormat.of().formatHex(table, 0, 32))
                .isEqualTo("0ffe8987ad94757154791bc8fa01b62c6bce0106b2954013cd523fbc1f7aac8c");
        assertThat(HexFormat.of().formatHex(table, 1484, 1500)).isEqualTo("df44607871b19a362f7640db6a160114");
    }

    @Test
    void givesPrefixesAsCopies() {
        TunnelKey key = TunnelKey.derive("test");
        assertThat(key.prefix(16)).isEqualTo(Arrays.copyOf(key.prefix(32), 16));
        Arrays.fill(key.prefix(32), (byte) 0);
        assertThat(key.prefix(1)).containsExactly(0xfc);
        assertThatThrownBy(() -> key.prefix(33)).hasMessageContaining("33");
        assertThatThrownBy(() -> key.prefix(0)).hasMessageContaining("1..32");
    }

    @Test
    void neverPrintsItself() {
        assertThat(TunnelKey.derive("test").toString()).isEqualTo("TunnelKey[masked]");
    }
}
