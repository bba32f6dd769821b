package io.millrace.kcp.crypto;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;
import java.util.stream.Collectors;

/** Any bytes are opened or refused by every cipher; nothing is thrown, nothing outside the packet is touched. */
class PacketOpenFuzzTest {
    private static final TunnelKey KEY = TunnelKey.derive("it's a secrect");
    private static final int GUARD = 5;
    private static final Map<String, PacketCipher> CIPHERS = PacketCiphers.names().stream()
            .collect(Collectors.toMap(
                    name -> name, name -> PacketCiphers.create(name, KEY, PacketVectorsTest::counting)));

    @FuzzTest(maxDuration = "2m")
    void anyDatagram(byte[] datagram) {
        CIPHERS.forEach((crypt, cipher) -> {
            byte[] buffer = new byte[datagram.length + 2 * GUARD];
            System.arraycopy(datagram, 0, buffer, GUARD, datagram.length);
            int body = cipher.open(buffer, GUARD, datagram.length);
            if (body < PacketCipher.NOT_AUTHENTIC || (body >= 0 && body != GUARD + cipher.headerBytes())) {
                throw new AssertionError(crypt + " opened at " + body);
            }
            for (int i = 0; i < GUARD; i++) {
                if (buffer[i] != 0 || buffer[buffer.length - 1 - i] != 0) {
                    throw new AssertionError(crypt + " wrote outside the packet");
                }
            }
        });
    }
}
