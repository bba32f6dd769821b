package io.millrace.tunnel.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.tunnel.compression.Lz4FormatException.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Round trips, the LZ4 library's own streams as independent readers and writers, and hostile input. */
class Lz4CodecTest {
    private static final String HEADER = "04224d187040ad";

    /** What the encoder makes of these writes, each flushed. */
    private static byte[] encoded(byte[]... writes) {
        EmbeddedChannel channel = new EmbeddedChannel(new Lz4Encoder());
        for (byte[] write : writes) {
            channel.writeOutbound(Unpooled.copiedBuffer(write));
        }
        byte[] wire = SnappyCodecTest.outbound(channel);
        channel.finishAndReleaseAll();
        return wire;
    }

    private static byte[] decoded(byte[] wire) {
        EmbeddedChannel channel = new EmbeddedChannel(new Lz4Decoder());
        channel.writeInbound(Unpooled.copiedBuffer(wire));
        byte[] plain = SnappyCodecTest.inbound(channel);
        assertThat(channel.finish()).isFalse();
        return plain;
    }

    private static byte[] block(int lengthField, byte[] bytes) {
        ByteBuf out = Unpooled.buffer();
        out.writeBytes(ByteBufUtil.decodeHexDump(HEADER));
        out.writeIntLE(lengthField).writeBytes(bytes).writeIntLE(Lz4Frame.checksum(bytes, 0, bytes.length));
        return ByteBufUtil.getBytes(out);
    }

    private static void assertRefused(Reason reason, byte[] wire) {
        EmbeddedChannel channel = new EmbeddedChannel(new Lz4Decoder());
        ByteBuf in = Unpooled.copiedBuffer(wire);
        assertThatThrownBy(() -> {
                    channel.writeInbound(in);
                    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                    channel.checkException();
                })
                .isInstanceOfSatisfying(Lz4FormatException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(reason));
        assertThat(channel.isOpen()).isFalse();
        assertThat(SnappyCodecTest.inbound(channel)).isEmpty();
        assertThat(in.refCnt()).isZero();
    }

    @Test
    void beginsWithTheFrameHeaderInTheSameWrite() {
        EmbeddedChannel channel = new EmbeddedChannel(new Lz4Encoder());
        channel.flush();
        assertThat(channel.outboundMessages()).isEmpty();
        channel.writeOutbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("0100000003000000")));
        assertThat(channel.outboundMessages()).hasSize(1);
        assertThat(ByteBufUtil.hexDump(SnappyCodecTest.outbound(channel)))
                .startsWith(HEADER + "08000080" + "0100000003000000");
        channel.finishAndReleaseAll();
    }

    @Test
    void theLibraryReadsWhatWeWriteUpToEachFlush() throws IOException {
        Random random = new Random(4);
        byte[] noise = new byte[70_000];
        random.nextBytes(noise);
        byte[] text = SnappyPropertyTest.data(5, 200_000, 4);
        byte[] wire = encoded(text, noise, new byte[] {7});
        assertThat(wire.length).isLessThan(text.length + noise.length);
        try (LZ4FrameInputStream in = new LZ4FrameInputStream(new ByteArrayInputStream(wire))) {
            assertThat(in.readNBytes(text.length)).isEqualTo(text);
            assertThat(in.readNBytes(noise.length)).isEqualTo(noise);
            assertThat(in.read()).isEqualTo(7);
        }
    }

    @Test
    void weReadWhatTheLibraryWritesInOurForm() throws IOException {
        byte[] text = SnappyPropertyTest.data(6, 300_000, 16);
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        LZ4FrameOutputStream out = new LZ4FrameOutputStream(
                wire, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE, FLG.Bits.BLOCK_CHECKSUM);
        out.write(text);
        out.flush();
        assertThat(decoded(wire.toByteArray())).isEqualTo(text);
        out.close();
        assertRefusedAfterData(text, wire.toByteArray());
    }

    /** Its end mark is none of a session's business. */
    private static void assertRefusedAfterData(byte[] text, byte[] wire) {
        EmbeddedChannel channel = new EmbeddedChannel(new Lz4Decoder());
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.copiedBuffer(wire)))
                .isInstanceOfSatisfying(Lz4FormatException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.EMPTY_BLOCK));
        assertThat(SnappyCodecTest.inbound(channel)).isEqualTo(text);
    }

    @Property(tries = 40)
    void streamRoundTripWithRandomSplits(
            @ForAll long seed,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 140_000) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 256) int variety) {
        Random random = new Random(seed);
        EmbeddedChannel writer = new EmbeddedChannel(new Lz4Encoder());
        EmbeddedChannel reader = new EmbeddedChannel(new Lz4Decoder());
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        for (int size : sizes) {
            byte[] plain = SnappyPropertyTest.data(random.nextLong(), size, variety);
            sent.writeBytes(plain);
            writer.writeOutbound(Unpooled.copiedBuffer(plain));
            ByteBuf wire = Unpooled.wrappedBuffer(SnappyCodecTest.outbound(writer));
            while (wire.isReadable()) {
                int n = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 40_000);
                reader.writeInbound(Unpooled.copiedBuffer(wire.readSlice(Math.min(n, wire.readableBytes()))));
            }
            received.writeBytes(SnappyCodecTest.inbound(reader));
            assertThat(received.size()).isEqualTo(sent.size()); // a flush holds nothing back
        }
        assertThat(received.toByteArray()).isEqualTo(sent.toByteArray());
        assertThat(writer.finish()).isFalse();
        assertThat(reader.finish()).isFalse();
    }

    @Test
    void compressesWithoutTheNativeLibraryToo() {
        byte[] plain = SnappyPropertyTest.data(8, 65_536, 6);
        byte[] packed = new byte[CompressionScratch.get().block.length];
        int length =
                LZ4Factory.safeInstance().fastCompressor().compress(plain, 0, plain.length, packed, 0, packed.length);
        assertThat(decoded(block(length, Arrays.copyOf(packed, length)))).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff060000734e61507059", "0100000003000000", "04224d1860", "05", "04224d18704000"})
    void anotherBeginningIsRefusedAtItsFirstWrongByte(String wire) {
        assertRefused(Reason.BAD_HEADER, ByteBufUtil.decodeHexDump(wire));
    }

    @Test
    void blocksHaveBounds() {
        assertRefused(Reason.BLOCK_TOO_LONG, block(65_537, new byte[0]));
        assertRefused(Reason.BLOCK_TOO_LONG, block(0x7fff_ffff, new byte[0]));
        assertRefused(Reason.BLOCK_TOO_LONG, block(Lz4Frame.UNCOMPRESSED | 65_537, new byte[0]));
        assertRefused(Reason.EMPTY_BLOCK, block(0, new byte[0]));
        assertRefused(Reason.EMPTY_BLOCK, block(Lz4Frame.UNCOMPRESSED, new byte[0]));
    }

    @Test
    void aBlockThatExpandsBeyond64KiBIsRefused() {
        byte[] zeros = new byte[65_537];
        byte[] packed = LZ4Factory.safeInstance().fastCompressor().compress(zeros);
        assertRefused(Reason.BAD_BLOCK, block(packed.length, packed));
    }

    @Test
    void damageIsRefused() {
        byte[] wire = encoded(SnappyPropertyTest.data(9, 2000, 3));
        byte[] checksum = wire.clone();
        checksum[checksum.length - 1] ^= 1;
        assertRefused(Reason.BAD_CHECKSUM, checksum);
        assertRefused(Reason.TRUNCATED, Arrays.copyOf(wire, wire.length - 1));
        assertRefused(Reason.BAD_BLOCK, block(5, new byte[] {(byte) 0xf0, 1, 2, 3, 4}));
    }

    @FuzzTest(maxDuration = "2m")
    void anyBytesAreReadOrRefused(byte[] wire) {
        readHostile(wire);
        readHostile(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(Lz4Frame.header(), wire)));
        if (wire.length > 0 && wire.length <= Lz4Frame.MAX_BLOCK_BYTES) {
            readHostile(block(wire.length, wire));
        }
    }

    @Property(tries = 300)
    void arbitraryBlocksAreReadOrRefused(@ForAll @Size(max = 300) byte[] block) {
        anyBytesAreReadOrRefused(block);
    }

    private static void readHostile(byte[] wire) {
        EmbeddedChannel reader = new EmbeddedChannel(new Lz4Decoder());
        ByteBuf in = Unpooled.buffer().writeBytes(wire);
        try {
            reader.writeInbound(in);
            reader.finish();
        } catch (Lz4FormatException refused) {
            assertThat(reader.isOpen()).isFalse();
        }
        SnappyCodecTest.inbound(reader);
        assertThat(in.refCnt()).isZero();
    }
}
