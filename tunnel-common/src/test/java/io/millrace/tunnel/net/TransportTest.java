package io.millrace.tunnel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;
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
    void abstractAddressesBeginWithANul() {
        assertThat(Transport.EPOLL.unixAddress("@x")).isEqualTo(new DomainSocketAddress("\0x"));
        for (Transport other : new Transport[] {Transport.NIO, Transport.KQUEUE}) {
            assertThatThrownBy(() -> other.unixAddress("@x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("need Linux");
        }
    }

    @Test
    void eachPartHasItsTurn() {
        IoEventLoopGroup group = Transport.NIO.newEventLoopGroup(2, "parts", 3);
        try {
            EventLoop a = group.next();
            EventLoop b = group.next();
            assertThat(b).isNotSameAs(a);
            for (int i = 0; i < 3; i++) {
                assertThat(group.next()).isSameAs(a);
                assertThat(group.next()).isSameAs(a);
                assertThat(group.next()).isSameAs(b);
            }
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> Transport.NIO.newEventLoopGroup(2, "parts", 1)).hasMessageContaining("at most 1");
    }

    @Test
    void refusesNoThreads() {
        assertThatThrownBy(() -> Transport.NIO.newEventLoopGroup(0, "x")).hasMessageContaining("at least 1");
    }
}
