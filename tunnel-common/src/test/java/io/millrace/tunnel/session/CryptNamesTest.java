package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.CryptName;
import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be configured is what there is. */
class CryptNamesTest {
    private static final TunnelKey KEY = TunnelKey.derive("key");

    @Test
    void theNamesAreTheSame() {
        assertThat(Arrays.stream(CryptName.values()).map(CryptName::configName))
                .containsExactlyElementsOf(PacketCiphers.names());
    }

    @ParameterizedTest
    @EnumSource
    void theOverheadIsTheCiphers(CryptName crypt) {
        PacketCipher cipher = PacketCiphers.create(crypt.configName(), KEY);
        assertThat(cipher.headerBytes() + cipher.trailerBytes()).isEqualTo(crypt.overheadBytes());
    }
}
