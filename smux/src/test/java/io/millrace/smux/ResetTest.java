package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.smux.core.FrameHeader;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are cut off rather than ended: a NOP with the stream's id, then FIN. spec: smux 3.1, 8.5 */
@SuppressWarnings("FutureReturnValueIgnored")
class ResetTest {
    private static void reset(SmuxStreamChannel stream) {
        stream.config().setOption(ChannelOption.SO_LINGER, 0);
        stream.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aResetIsANopWithTheIdAndAFin(int version) {
        Endpoint client = Endpoint.client(version);
        Recorder stream = client.open();
        client.sent();
        reset(stream.stream());
        String sentVersion = "0" + version;
        assertThat(client.sentHex()).isEqualTo(sentVersion + "03000003000000" + sentVersion + "01000003000000");
        assertThat(stream.isInactive()).isTrue();
        assertThat(client.session.streamCount()).isZero();
        client.finish();
    }

    @Test
    void whatWasNotSentYetIsDropped() {
        Endpoint client = Endpoint.client(2);
        Recorder stream = client.open();
        ChannelFuture write = stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        client.sent(); // the window is used up
        reset(stream.stream());
        assertThat(write.isSuccess()).isFalse();
        assertThat(client.sent()).extracting(Endpoint.Frame::command).containsExactly(FrameHeader.NOP, FrameHeader.FIN);
        client.finish();
    }

    @Test
    void aHalfClosedStreamCanStillBeReset() {
        Endpoint client = Endpoint.client(1);
        Recorder stream = client.open();
        stream.stream().shutdownOutput();
        client.sent();
        reset(stream.stream());
        assertThat(client.sent()).extracting(Endpoint.Frame::command).containsExactly(FrameHeader.NOP, FrameHeader.FIN);
        client.finish();
    }

    @Test
    void aStreamThatThePeerDoesNotKnowYetNeedsNoReset() {
        Endpoint client = Endpoint.client(1);
        Recorder stream = new Recorder();
        client.session.openStream(stream);
        reset(stream.stream());
        assertThat(client.sent()).isEmpty();
        client.finish();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void thePeerHearsAnErrorAndNoEnd(int version) {
        Pair pair = new Pair(version);
        Recorder stream = pair.client.open();
        pair.exchange();
        Recorder accepted = pair.server.accepted.get(0);
        accepted.stream().config().setAutoRead(false);
        pair.server.run();
        stream.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[100]));
        pair.exchange();
        reset(stream.stream());
        pair.exchange();
        assertThat(accepted.events).containsExactly("active", "error", "inactive");
        assertThat(accepted.errors).singleElement().isInstanceOfSatisfying(SmuxStreamException.class, e -> assertThat(
                        e.kind())
                .isEqualTo(SmuxStreamException.Kind.RESET));
        assertThat(pair.server.session.streamCount()).isZero();
        assertThat(pair.client.log.drops(SmuxDropReason.UNKNOWN_STREAM))
                .as("answers")
                .isZero();
        assertThat(pair.client.open().stream().isOpen())
                .as("the session goes on")
                .isTrue();
        pair.exchange();
        assertThat(pair.server.accepted).hasSize(2);
        pair.finish();
    }

    /** As a TCP socket does it; the last words of an application that broke are often why. */
    @Test
    void whatCameBeforeTheResetIsRead() {
        Endpoint server = Endpoint.server(1);
        server.receive(Unpooled.wrappedBuffer(
                Endpoint.frame(1, FrameHeader.SYN, 3),
                Endpoint.pshFrame(1, 3, new byte[100]),
                Endpoint.frame(1, FrameHeader.NOP, 3),
                Endpoint.frame(1, FrameHeader.FIN, 3)));
        Recorder stream = server.accepted.get(0);
        assertThat(stream.bytes.size()).isEqualTo(100);
        assertThat(stream.readCompletes).isEqualTo(1);
        assertThat(stream.events).containsExactly("active", "error", "inactive");
        server.finish();
    }

    @Test
    void aResetEndsAStreamThatLingers() {
        Pair pair = new Pair(1);
        Recorder stream = pair.client.open();
        pair.exchange();
        pair.server.slow();
        SmuxStreamChannel accepted = pair.server.accepted.get(0).stream();
        accepted.writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000_000]));
        accepted.close();
        pair.server.run();
        assertThat(accepted.isOpen()).as("what was written still goes out").isTrue();
        reset(stream.stream());
        pair.exchange();
        assertThat(accepted.isOpen()).isFalse();
        pair.finish();
    }

    @Test
    void aResetOfAStreamThatIsGoneIsCountedAndDropped() {
        Endpoint server = Endpoint.server(1);
        server.receive(Endpoint.frame(1, FrameHeader.NOP, 7));
        assertThat(server.log.drops(SmuxDropReason.UNKNOWN_STREAM)).isEqualTo(1);
        assertThat(server.session.isClosed()).isFalse();
        server.finish();
    }

    @Test
    void lingeringIsOnOrOff() {
        Endpoint client = Endpoint.client(1);
        SmuxStreamChannel stream = client.open().stream();
        assertThat(stream.config().getOption(ChannelOption.SO_LINGER)).isEqualTo(-1);
        assertThatThrownBy(() -> stream.config().setOption(ChannelOption.SO_LINGER, 5))
                .hasMessageContaining("-1 or 0");
        stream.config().setOption(ChannelOption.SO_LINGER, -1);
        client.sent();
        stream.close();
        assertThat(client.sent()).extracting(Endpoint.Frame::command).containsExactly(FrameHeader.FIN);
        client.finish();
    }
}
