package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ServerCommand;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream whose peer has ended its input has no limits but those that {@code closewait} gives the relay. spec: tunnel 4 */
class HalfClosedStreamTest {
    private static final int FIRST_WINDOW_BYTES = 262_144;
    private static final int SYN = 0;
    private static final int FIN = 1;
    private static final int PSH = 2;
    private static final int NOP = 3;
    private static final int UPD = 4;

    private final EmbeddedChannel session = new EmbeddedChannel();
    private final List<Channel> streams = new ArrayList<>();

    @BeforeEach
    void halfClose() {
        session.freezeTime();
        TunnelParameters parameters =
                new TunnelParameters(ServerCommand.config().tunnel());
        ChannelInitializer<Channel> accepting = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                streams.add(stream);
            }
        };
        session.pipeline().addLast(SmuxSessionHandler.server(parameters.smux(2), accepting, SmuxSessionListener.NONE));
        session.writeInbound(frame(SYN, 0, 3), frame(PSH, 1, 3).writeByte(0), frame(FIN, 0, 3));
        assertThat(streams).hasSize(1);
    }

    @AfterEach
    void close() {
        session.finishAndReleaseAll();
    }

    private static ByteBuf frame(int command, int length, int streamId) {
        return Unpooled.buffer()
                .writeByte(2)
                .writeByte(command)
                .writeShortLE(length)
                .writeIntLE(streamId);
    }

    /** The peer keeps the session alive. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            session.advanceTimeBy(1, TimeUnit.SECONDS);
            session.runScheduledPendingTasks();
            if (i % 10 == 0) {
                session.writeInbound(frame(NOP, 0, 0));
            }
        }
    }

    @Test
    void anAnswerMayTakeLong() {
        pass(3000);
        ChannelFuture answer = streams.get(0).writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
        session.runPendingTasks();
        assertThat(answer.isSuccess()).isTrue();
    }

    @Test
    void aReaderMayPause() {
        ChannelFuture answer = streams.get(0).writeAndFlush(Unpooled.wrappedBuffer(new byte[FIRST_WINDOW_BYTES + 1]));
        session.runPendingTasks();
        pass(600);
        assertThat(answer.isDone()).isFalse();
        session.writeInbound(frame(UPD, 8, 3).writeIntLE(FIRST_WINDOW_BYTES).writeIntLE(FIRST_WINDOW_BYTES));
        session.runPendingTasks();
        assertThat(answer.isSuccess()).isTrue();
    }
}
