package io.millrace.tunnel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TransportTest {
    @Test
    void picksTheOneThatWasAskedFor() {
        assertThat(Transport.pick("nio")).isEqualTo(Transport.NIO);
        assertThat(Transport.pick("NIO")).isEqualTo(Transport.NIO);
    }

    @Test
    void picksOneThatWorks() {
        assertThat(Transport.pick(null).isAvailable()).isTrue();
        assertThat(Transport.pick("")).isEqualTo(Transport.pick(null));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void prefersEpollOnLinux() {
        assertThat(Transport.pick(null)).isEqualTo(Transport.EPOLL);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void namesATransportThatIsNotAvailable() {
        assertThatThrownBy(() -> Transport.pick("kqueue"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("millrace.transport=kqueue: not available on this system (");
    }

    @Test
    void namesWhatIsAllowed() {
        assertThatThrownBy(() -> Transport.pick("uring"))
                .hasMessage("millrace.transport=uring: must be one of nio, epoll, kqueue");
    }

    @Test
    void unixAddressesFitTheChannels() {
        assertThat(Transport.NIO.unixAddress("/tmp/x")).isEqualTo(UnixDomainSocketAddress.of("/tmp/x"));
        assertThat(Transport.EPOLL.unixAddress("/tmp/x")).isEqualTo(new DomainSocketAddress("/tmp/x"));
    }

    @Test
    void refusesNoThreads() {
        assertThatThrownBy(() -> Transport.NIO.newEventLoopGroup(0, "x")).hasMessageContaining("at least 1");
    }
}
