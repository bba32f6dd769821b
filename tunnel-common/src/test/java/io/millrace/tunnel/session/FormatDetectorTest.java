package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Compression;
import io.millrace.smux.SmuxConfig;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.millrace.tunnel.compression.CompressionErrors;
import io.millrace.tunnel.compression.Lz4FormatException;
import io.millrace.tunnel.compression.SnappyFormatException;
import io.millrace.tunnel.diagnosis.SaidLately;
import io.millrace.tunnel.diagnosis.SessionWatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server session finds out what its client speaks, whatever the pieces its first bytes come in. */
class FormatDetectorTest {
    private static final StreamFormat OWN = new StreamFormat(Compression.SNAPPY, 2);

    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private final CompressionErrors errors = new CompressionErrors();
    private final SessionLog log = new SessionLog(SessionWatch.server("aes", new SaidLately()), errors);
    private @Nullable SmuxSessionHandler smux;

    private EmbeddedChannel channel(ChannelInboundHandlerAdapter... none) {
        EmbeddedChannel channel = new EmbeddedChannel(none);
        channel.freezeTime();
        channels.add(channel);
        return channel;
    }

    private EmbeddedChannel server(boolean strict) {
        EmbeddedChannel channel = channel();
        TunnelPipeline.detect(
                channel.pipeline(),
                OWN,
                strict,
                version -> {
                    SmuxSessionHandler session = SmuxSessionHandler.server(
                            SmuxConfig.builder().version(version).build(), new Echo(), log);
                    smux = session;
                    return session;
                },
                log);
        return channel;
    }

    @AfterEach
    void closeAll() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private static List<ByteBuf> outbound(EmbeddedChannel channel) {
        List<ByteBuf> all = new ArrayList<>();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.add(next);
        }
        return all;
    }

    /** SYN and data of one stream, as a client with these settings sends them. */
    private ByteBuf request(Compression compression, int version, String text) {
        EmbeddedChannel client = channel();
        SmuxSessionHandler session =
                SmuxSessionHandler.client(SmuxConfig.builder().version(version).build(), SmuxSessionListener.NONE);
        TunnelPipeline.install(client.pipeline(), compression, session);
        session.openStream(new ChannelInboundHandlerAdapter()).addListener(opened -> {
            assertThat(opened.isSuccess()).isTrue();
            ((Channel) opened.getNow()).writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        });
        client.runPendingTasks();
        return Unpooled.wrappedBuffer(outbound(client).toArray(new ByteBuf[0]));
    }

    @ParameterizedTest
    @CsvSource({"SNAPPY,1", "SNAPPY,2", "LZ4,1", "LZ4,2", "NONE,1", "NONE,2"})
    void answersInKindWhateverThePieces(Compression compression, int version) {
        for (int pieceBytes : new int[] {1, 3, 1000}) {
            EmbeddedChannel server = server(false);
            ByteBuf request = request(compression, version, "ping");
            while (request.isReadable()) {
                server.writeInbound(request.readRetainedSlice(Math.min(pieceBytes, request.readableBytes())));
            }
            request.release();
            server.runPendingTasks();
            assertThat(smux).isNotNull();
            assertThat(smux.config().version()).isEqualTo(version);
            assertThat(server.pipeline().last()).isSameAs(smux);
            ByteBuf answer = Unpooled.wrappedBuffer(outbound(server).toArray(new ByteBuf[0]));
            assertThat(StreamFormat.compression(answer.getUnsignedByte(0))).isEqualTo(compression);
            if (compression == Compression.NONE) {
                assertThat(answer.getByte(0)).isEqualTo((byte) version);
                String text = answer.toString(StandardCharsets.ISO_8859_1);
                assertThat(text.replaceAll("[^a-z]", "")).isEqualTo("ping"); // a frame for each piece
            }
            answer.release();
        }
    }

    @Test
    void nothingIsSentBeforeTheClientSpoke() {
        EmbeddedChannel server = server(false);
        server.advanceTimeBy(29, TimeUnit.SECONDS);
        server.runScheduledPendingTasks();
        assertThat(outbound(server)).isEmpty();
        assertThat(server.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ff060000734e61507059", "04224d187040ad"})
    void aSessionThatNeverShowsWhatItIsIsClosed(String beginning) {
        EmbeddedChannel server = server(false);
        server.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(beginning)));
        assertThat(server.isOpen()).isTrue();
        server.advanceTimeBy(31, TimeUnit.SECONDS);
        server.runScheduledPendingTasks();
        assertThat(server.isOpen()).isFalse();
        assertThat(outbound(server)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00",
                "03",
                "47",
                "fe",
                "ff07",
                "0405",
                "ff060000734e61507059 010900004c6b7a26 4745542020",
            })
    void whatIsNotKnownIsClosedAtOnce(String beginning) {
        EmbeddedChannel server = server(false);
        ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(beginning.replace(" ", "")));
        server.writeInbound(bytes);
        if (server.isOpen()) {
            server.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0}));
        }
        assertThat(server.isOpen()).isFalse();
        assertThat(smux).isNull();
        assertThat(outbound(server)).isEmpty();
        assertThat(bytes.refCnt()).isZero();
    }

    static Stream<Arguments> badChunks() {
        return Stream.of(
                Arguments.of(Compression.SNAPPY, "010500000000000078", SnappyFormatException.Reason.BAD_CHECKSUM),
                Arguments.of(Compression.SNAPPY, "0006000000000000ffff", SnappyFormatException.Reason.BAD_BLOCK),
                Arguments.of(Compression.SNAPPY, "02000000", SnappyFormatException.Reason.RESERVED_CHUNK),
                Arguments.of(Compression.LZ4, "010000807800000000", Lz4FormatException.Reason.BAD_CHECKSUM),
                Arguments.of(Compression.LZ4, "ffffff7f", Lz4FormatException.Reason.BLOCK_TOO_LONG),
                Arguments.of(Compression.LZ4, "00000000", Lz4FormatException.Reason.EMPTY_BLOCK));
    }

    /** One session shows a bad chunk before anything else, another in the middle. */
    @ParameterizedTest
    @MethodSource("badChunks")
    void whatCannotBeDecompressedIsCountedByTheReason(Compression compression, String badChunk, Enum<?> reason) {
        byte[] bad = ByteBufUtil.decodeHexDump(badChunk);
        EmbeddedChannel first = server(false);
        String magic = compression == Compression.LZ4 ? "04224d187040ad" : "ff060000734e61507059";
        first.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(magic), bad));
        assertThat(first.isOpen()).isFalse();
        assertThat(smux).isNull();
        assertThat(errors.of(reason)).isEqualTo(1);

        EmbeddedChannel second = server(false);
        second.writeInbound(request(compression, 2, "ping"));
        assertThat(second.isOpen()).isTrue();
        second.writeInbound(Unpooled.wrappedBuffer(bad));
        assertThat(second.isOpen()).isFalse();
        assertThat(smux).isNotNull();
        assertThat(errors.of(reason)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aStrictServerTakesOnlyWhatItIsSetTo(Compression compression) {
        EmbeddedChannel server = server(true);
        server.writeInbound(request(compression, 2, "ping"));
        assertThat(server.isOpen()).isEqualTo(compression == Compression.SNAPPY);
        EmbeddedChannel other = server(true);
        other.writeInbound(request(Compression.SNAPPY, 1, "ping"));
        assertThat(other.isOpen()).isFalse();
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }
    }
}
