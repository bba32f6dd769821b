package io.millrace.tunnel.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {
    private static final byte[] V6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    @Test
    void addressesAreAsAUserWritesThem() throws UnknownHostException {
        assertThat(AddressText.of(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 1)))
                .isEqualTo("127.0.0.1:1");
        assertThat(AddressText.of(new InetSocketAddress(InetAddress.getByAddress(V6_LOOPBACK), 29900)))
                .isEqualTo("[::1]:29900");
        InetAddress named = InetAddress.getByAddress("vps.example", new byte[] {10, 0, 0, 1});
        assertThat(AddressText.of(new InetSocketAddress(named, 5))).isEqualTo("10.0.0.1:5");
        assertThat(AddressText.of(new DomainSocketAddress("/run/a.sock"))).isEqualTo("/run/a.sock");
        assertThat(AddressText.of(null)).isEqualTo("unknown");
    }

    @ParameterizedTest
    @CsvSource({
        "Connection refused: /127.0.0.1:80, Connection refused: 127.0.0.1:80",
        "connection timed out after 3 ms: localhost/127.0.0.1:80, connection timed out after 3 ms: 127.0.0.1:80",
        "Connection refused: /[0:0:0:0:0:0:0:1]:80, Connection refused: [0:0:0:0:0:0:0:1]:80",
        "no such file: /run/a.sock, no such file: /run/a.sock",
        "Broken pipe, Broken pipe",
    })
    void messagesAreToo(String message, String tidy) {
        assertThat(AddressText.inMessage(new IOException(message))).isEqualTo(tidy);
    }

    @Test
    void aFailureWithoutAMessageIsNamed() {
        assertThat(AddressText.inMessage(new IOException())).isEqualTo("java.io.IOException");
    }
}
