package io.millrace.tunnel.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class SystemFailureTest {
    @Test
    void whatTheSystemSaidIsShownAndWhatHelps() {
        IOException said = new IOException("newSocketStream(..) failed with error(-24): Too many open files");
        Throwable wrapped = new ChannelException(
                "Unable to create Channel from class X", new InvocationTargetException(new ChannelException(said)));
        assertThat(SystemFailure.text(wrapped)).isEqualTo(SystemFailure.text(said));
        assertThat(SystemFailure.text(said)).startsWith(said.getMessage()).contains("ulimit -n", "LimitNOFILE");
    }

    @Test
    void whatWasSaidForTheUserStays() {
        RuntimeException ours = new IllegalStateException("for the user", new UnknownHostException("x"));
        assertThat(SystemFailure.text(new CompletionException(ours))).isEqualTo("for the user");
        assertThat(SystemFailure.text(new IOException("Connection refused: /127.0.0.1:80")))
                .isEqualTo("Connection refused: 127.0.0.1:80");
        assertThat(SystemFailure.text(new IOException())).isEqualTo("java.io.IOException");
    }
}
