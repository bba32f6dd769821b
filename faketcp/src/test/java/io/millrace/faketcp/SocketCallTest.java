package io.millrace.faketcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** On a Java that can link it the call works; on an older one it says so. Tests run with either. */
class SocketCallTest {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int NO_SUCH_FAMILY = 9999;
    private static final int EAFNOSUPPORT = 97;

    @Test
    void makesSocketsOrIsNotAvailable() throws IOException {
        if (SocketCall.isAvailable()) {
            Epoll.ensureAvailability(); // what closes the descriptor is native code of it
            SocketCall call = SocketCall.link();
            int descriptor = call.socket(AF_INET, SOCK_DGRAM, 0);
            assertThat(descriptor).isPositive();
            new FileDescriptor(descriptor).close();
            assertThat(call.socket(NO_SUCH_FAMILY, SOCK_DGRAM, 0)).isEqualTo(-EAFNOSUPPORT);
        } else {
            assertThat(Runtime.version().feature()).isLessThan(SocketCall.JAVA_VERSION_NEEDED);
            assertThatThrownBy(SocketCall::link)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("native calls are not possible in this Java");
            assertThatThrownBy(FakeTcp::requireAvailable)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("JDK 22 or newer, and this is " + System.getProperty("java.version"));
        }
    }
}
