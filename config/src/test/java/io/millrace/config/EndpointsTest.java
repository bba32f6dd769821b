package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Address forms. spec: tunnel 2.2, 3.3, 9 */
final class EndpointsTest {

    @ParameterizedTest
    @CsvSource({
        ":12948, '', 12948",
        "127.0.0.1:80, 127.0.0.1, 80",
        "[::1]:3000, ::1, 3000",
        "[fe80::1%eth0]:3000, fe80::1%eth0, 3000",
        "[::ffff:1.2.3.4]:1, ::ffff:1.2.3.4, 1",
        "vps:29900, vps, 29900",
        "my_host.example.org.:65535, my_host.example.org., 65535",
        "[]:80, '', 80",
        "a:00080, a, 80",
    })
    void hostAndPort(String text, String host, int port) throws Endpoints.BadAddressException {
        Endpoint.HostPort expected = new Endpoint.HostPort(host, port);
        assertThat(Endpoints.tcpOrUnix(text, true)).isEqualTo(expected);
        assertThat(Endpoints.udp(text, true)).isEqualTo(new HostPorts(host, new PortRange(port, port)));
        assertThat(Endpoints.udp(text, false)).isEqualTo(new HostPorts(host, new PortRange(port, port)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/run/millrace.sock",
                "@abstract",
                "sock",
                "127.0.0.1",
                "12948",
                "::1:80",
                "[::1",
                "[::1]",
                "[::1]x:80",
                "a]:80",
                "a[:80",
                "a:8]0",
                "./a b"
            })
    void whatDoesNotSplitIsAUnixPathForTcp(String text) throws Endpoints.BadAddressException {
        assertThat(Endpoints.tcpOrUnix(text, true)).isEqualTo(new Endpoint.UnixPath(text));
        assertThatThrownBy(() -> Endpoints.udp(text, true))
                .hasMessage("allowed: HOST:PORT or HOST:MIN-MAX, with brackets around an IPv6 address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a:", "a:http", "a:65536", "a:123456", "a:-1", "a:80 90", "a:+80", "a:8٣", "a:3000-", "a:0x50"})
    void portsAreNumbersWithNothingBehind(String text) {
        assertThatThrownBy(() -> Endpoints.tcpOrUnix(text, true))
                .hasMessage("allowed: a port number 0..65535 after the colon");
        assertThatThrownBy(() -> Endpoints.udp(text, false))
                .hasMessage("allowed: a port number 1..65535 after the colon");
    }

    @ParameterizedTest
    @CsvSource({"unix:/run/x.sock, /run/x.sock", "unix:x, x", "unix:@x, @x", "unix:/a:80, /a:80", "unix:80x, 80x"})
    void aPathMayBeMarkedAsOne(String text, String path) throws Endpoints.BadAddressException {
        assertThat(Endpoints.tcpOrUnix(text, true)).isEqualTo(new Endpoint.UnixPath(path));
    }

    @Test
    void aHostMayBeCalledUnix() throws Endpoints.BadAddressException {
        assertThat(Endpoints.tcpOrUnix("unix:80", true)).isEqualTo(new Endpoint.HostPort("unix", 80));
        assertThatThrownBy(() -> Endpoints.tcpOrUnix("unix:", true)).hasMessageContaining("1..107 bytes");
    }

    @Test
    void portZeroIsForListenersOnly() throws Endpoints.BadAddressException {
        assertThat(Endpoints.udp(":0", true)).isEqualTo(new HostPorts("", new PortRange(0, 0)));
        assertThatThrownBy(() -> Endpoints.udp("a:0", false)).hasMessageContaining("1..65535");
        assertThatThrownBy(() -> Endpoints.tcpOrUnix("a:0", false)).hasMessageContaining("1..65535");
    }

    @ParameterizedTest
    @CsvSource({
        ":3000-4000, '', 3000, 4000",
        "[::1]:3000-4000, ::1, 3000, 4000",
        "1.2.3.4:29900-29999, 1.2.3.4, 29900, 29999",
        "vps:3000-3001, vps, 3000, 3001",
        "h:3000-3000, h, 3000, 3000",
    })
    void portRanges(String text, String host, int min, int max) throws Endpoints.BadAddressException {
        HostPorts expected = new HostPorts(host, new PortRange(min, max));
        assertThat(Endpoints.udp(text, false)).isEqualTo(expected);
        assertThat(Endpoints.udp(text, true)).isEqualTo(expected);
    }

    @Test
    void aServerListensOnABoundedNumberOfPorts() throws Endpoints.BadAddressException {
        assertThat(Endpoints.udp("h:1-65535", false).count()).isEqualTo(65_535);
        assertThat(Endpoints.udp("h:1-1024", true).count()).isEqualTo(1024);
        assertThatThrownBy(() -> Endpoints.udp("h:1-1025", true))
                .hasMessage("allowed: a range of up to 1024 ports to listen on, these are 1025");
    }

    @Test
    void portsOfARange() throws Endpoints.BadAddressException {
        HostPorts ports = Endpoints.udp("[::1]:3000-3002", true);
        assertThat(ports.at(0)).hasToString("[::1]:3000");
        assertThat(ports.at(2)).hasToString("[::1]:3002");
        assertThat(ports).hasToString("[::1]:3000-3002");
        assertThat(Endpoints.udp(":80", true)).hasToString(":80");
        assertThatThrownBy(() -> ports.at(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h:1-2", ":29900-29999"})
    void tcpHasNoRanges(String text) {
        assertThatThrownBy(() -> Endpoints.tcpOrUnix(text, true)).hasMessageContaining("a port number 0..65535");
    }

    @ParameterizedTest
    @ValueSource(strings = {"h:4000-3000", "h:0-10", "h:0-0", "h:1-65536", "h:99999-99999"})
    void rangesMustBeInOrderAndWithinThePorts(String text) {
        assertThatThrownBy(() -> Endpoints.udp(text, true))
                .hasMessage("allowed: a port range MIN-MAX within 1..65535, MIN not above MAX");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host:3000-4000x", "host:3000-4000-5000", "h:-3000", "h:3000--4000"})
    void restsBehindARangeAreRefused(String text) {
        assertThatThrownBy(() -> Endpoints.udp(text, true)).hasMessageContaining("a port number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "300.1.1.1:80",
                "1.2.3:80",
                "1.2.3.4.5:80",
                "1.2.3.4.:80",
                "[::g]:80",
                "[1:2]:80",
                "[::1%]:80",
                "a b:80",
                "a/b:80",
                "a@b:80",
                "[:::1]:80",
                "a\u0000b:80",
                "[12345::]:80",
                "[::1%25%]x:80%:80"
            })
    void hostsThatCannotBeAreRefused(String text) {
        assertThatThrownBy(() -> {
                    Endpoints.udp(text, true);
                })
                .isInstanceOf(Endpoints.BadAddressException.class);
    }

    @Test
    void hostLengthIsBounded() throws Endpoints.BadAddressException {
        assertThat(Endpoints.udp("h".repeat(253) + ":1", true).host()).hasSize(253);
        assertThatThrownBy(() -> Endpoints.udp("h".repeat(254) + ":1", true)).hasMessageContaining("host name");
    }

    @Test
    void unixPathsFitTheKernelsField() throws Endpoints.BadAddressException {
        assertThat(Endpoints.tcpOrUnix("/" + "a".repeat(106), true)).isInstanceOf(Endpoint.UnixPath.class);
        for (String bad : new String[] {"/" + "a".repeat(107), "/" + "ä".repeat(54), "", "/a\0b"}) {
            assertThatThrownBy(() -> Endpoints.tcpOrUnix(bad, true)).hasMessageContaining("1..107 bytes");
        }
    }

    @Test
    void textFormsAreWhatWasRead() throws Endpoints.BadAddressException {
        for (String text : new String[] {":1", "h:1", "[::1]:1", "[fe80::1%eth0]:1", "/a", "@a"}) {
            assertThat(Endpoints.tcpOrUnix(text, true)).hasToString(text);
        }
        assertThat(new Endpoint.UnixPath("@a").isAbstract()).isTrue();
        assertThat(new Endpoint.UnixPath("/a").isAbstract()).isFalse();
    }
}
