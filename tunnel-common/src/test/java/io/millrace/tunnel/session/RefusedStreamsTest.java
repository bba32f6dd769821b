package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.smux.SmuxConfig;
import io.millrace.smux.SmuxLimits;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.testkit.JavaProgram;
import io.millrace.tunnel.compression.CompressionErrors;
import io.millrace.tunnel.diagnosis.SaidLately;
import io.millrace.tunnel.diagnosis.SessionWatch;
import io.millrace.tunnel.logging.LogSetup;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A client that opens more streams than it may is named once, not for each of them. In a program, for its log. */
class RefusedStreamsTest {
    private static final long EXIT_TIMEOUT_MS = 60_000;

    /** A server's session that may have two streams, and gets five. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            LogSetup.apply(null);
            SessionLog log = new SessionLog(SessionWatch.server("aes", new SaidLately()), new CompressionErrors());
            SmuxConfig config = SmuxConfig.builder()
                    .limits(SmuxLimits.builder().maxPeerStreams(2).build())
                    .build();
            EmbeddedChannel channel = new EmbeddedChannel(SmuxSessionHandler.server(
                    config,
                    new ChannelInboundHandlerAdapter() {
                        @Override
                        public boolean isSharable() {
                            return true;
                        }
                    },
                    log));
            for (int id = 3; id <= 11; id += 2) {
                channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {1, 0, 0, 0, (byte) id, 0, 0, 0}));
            }
            channel.close();
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void areSaidOnceInAWhile() {
        try (JavaProgram program = JavaProgram.mainClass(Program.class).start()) {
            assertThat(program.awaitExit(EXIT_TIMEOUT_MS)).isZero();
            assertThat(program.log().lines().filter(line -> line.contains("refused")))
                    .singleElement()
                    .asString()
                    .contains("WARN  a new stream of a session was refused: the session has as many as allowed (2 at"
                            + " once, 50000 new ones a second)");
        }
    }
}
