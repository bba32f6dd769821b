package io.millrace.tunnel.compression;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.Snappy;
import io.netty.handler.codec.compression.SnappyFrameDecoder;
import io.netty.handler.codec.compression.SnappyFrameEncoder;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Round trips, also against Netty's own codec as an independent reader and writer, and hostile input. */
class SnappyPropertyTest {

    /** Bytes between noise and runs: {@code variety} values, and repetitions of what was before. */
    static byte[] data(long seed, int length, int variety) {
        Random random = new Random(seed);
        byte[] bytes = new byte[length];
        int i = 0;
        while (i < length) {
            int n = Math.min(length - i, 1 + random.nextInt(200));
            if (i > 0 && random.nextBoolean()) {
                int from = random.nextInt(i);
                for (int k = 0; k < n; k++) {
                    bytes[i + k] = bytes[from + k];
                }
            } else {
                for (int k = 0; k < n; k++) {
                    bytes[i + k] = (byte) random.nextInt(variety);
                }
            }
            i += n;
        }
        return bytes;
    }

    @Property(tries = 150)
    void blockRoundTrip(
            @ForAll long seed,
            @ForAll @IntRange(max = 65536) int length,
            @ForAll @IntRange(min = 1, max = 256) int variety) {
        byte[] plain = data(seed, length, variety);
        CompressionScratch scratch = CompressionScratch.get();
        int packed = SnappyBlock.compress(plain, length, scratch.block, scratch.table);
        if (packed == SnappyBlock.NOT_WORTH_IT) {
            return;
        }
        assertThat(packed).isLessThan(length - length / 8);
        byte[] out = new byte[65536];
        assertThat(SnappyBlock.decompress(scratch.block, packed, out)).isEqualTo(length);
        assertThat(Arrays.equals(out, 0, length, plain, 0, length)).isTrue();
        ByteBuf reference = Unpooled.buffer();
        new Snappy().decode(Unpooled.wrappedBuffer(scratch.block, 0, packed), reference);
        assertThat(ByteBufUtil.getBytes(reference)).isEqualTo(plain);
    }

    @Property(tries = 40)
    void streamRoundTripWithRandomSplits(
            @ForAll long seed,
            @ForAll @Size(min = 1, max = 4) List<@Size(min = 1, max = 4) List<@IntRange(max = 70000) Integer>> flushes,
            @ForAll @IntRange(min = 1, max = 256) int variety) {
        roundTrip(
                seed,
                flushes.stream()
                        .map(writes ->
                                writes.stream().mapToInt(Integer::intValue).toArray())
                        .toArray(int[][]::new),
                variety,
                new EmbeddedChannel(new SnappyEncoder()),
                new EmbeddedChannel(new SnappyDecoder()));
    }

    @Property(tries = 15)
    void nettyReadsWhatWeWrite(@ForAll long seed, @ForAll @IntRange(min = 1, max = 256) int variety) {
        roundTrip(
                seed,
                new int[][] {{100, 5}, {65536, 1}, {9000}},
                variety,
                new EmbeddedChannel(new SnappyEncoder()),
                new EmbeddedChannel(new SnappyFrameDecoder(true)));
    }

    @Property(tries = 15)
    void weReadWhatNettyWrites(@ForAll long seed, @ForAll @IntRange(min = 1, max = 256) int variety) {
        roundTrip(
                seed,
                new int[][] {{100, 5}, {30000, 1}, {9000}},
                variety,
                new EmbeddedChannel(new SnappyFrameEncoder()),
                new EmbeddedChannel(new SnappyDecoder()));
    }

    /** Writes the given sizes, one flush per row, and feeds the wire to the reader in random pieces. */
    private static void roundTrip(
            long seed, int[][] flushes, int variety, EmbeddedChannel writer, EmbeddedChannel reader) {
        Random random = new Random(seed);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        for (int[] writes : flushes) {
            for (int size : writes) {
                byte[] plain = data(random.nextLong(), size, variety);
                sent.writeBytes(plain);
                writer.write(writer.alloc().directBuffer(Math.max(1, size)).writeBytes(plain));
            }
            writer.flush();
            ByteBuf wire;
            while ((wire = writer.readOutbound()) != null) {
                while (wire.isReadable()) {
                    int n = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 40000);
                    reader.writeInbound(wire.readRetainedSlice(Math.min(n, wire.readableBytes())));
                }
                wire.release();
            }
            received.writeBytes(SnappyCodecTest.inbound(reader));
        }
        assertThat(received.toByteArray()).isEqualTo(sent.toByteArray());
        assertThat(writer.finish()).isFalse();
        assertThat(reader.finish()).isFalse();
    }

    @Property(tries = 200)
    void damagedStreamsGiveOneErrorOrAPrefixOfTheData(
            @ForAll long seed,
            @ForAll @IntRange(max = 9999) int position,
            @ForAll @IntRange(min = 1, max = 255) int flip) {
        byte[] plain = data(seed, 5000, 8);
        EmbeddedChannel writer = new EmbeddedChannel(new SnappyEncoder());
        for (int i = 0; i < 5; i++) {
            writer.writeOutbound(Unpooled.copiedBuffer(plain, i * 1000, 1000));
        }
        ByteBuf wire = Unpooled.buffer();
        ByteBuf part;
        while ((part = writer.readOutbound()) != null) {
            wire.writeBytes(part);
            part.release();
        }
        byte[] damaged = ByteBufUtil.getBytes(wire);
        damaged[position % damaged.length] ^= (byte) flip;
        byte[] got = decodeHostile(damaged);
        // A type turned skippable drops a whole chunk; anything else ends the stream. No byte is ever wrong.
        int matched = 0;
        for (int i = 0; i < 5 && matched < got.length; i++) {
            if (matched + 1000 <= got.length
                    && Arrays.equals(got, matched, matched + 1000, plain, i * 1000, i * 1000 + 1000)) {
                matched += 1000;
            }
        }
        assertThat(matched).isEqualTo(got.length);
    }

    @FuzzTest(maxDuration = "2m")
    void anyBytesAreReadOrRefused(byte[] wire) {
        decodeHostile(wire);
        ByteBuf withIdentifier = Unpooled.wrappedBuffer(SnappyFrame.identifier(), wire);
        decodeHostile(ByteBufUtil.getBytes(withIdentifier));
        try {
            SnappyBlock.decompress(wire, wire.length, new byte[65536]);
        } catch (SnappyFormatException refused) {
            assertThat(refused.reason()).isNotNull();
        }
    }

    @Property(tries = 300)
    void arbitraryBlocksAreReadOrRefused(@ForAll @Size(max = 300) byte[] block) {
        anyBytesAreReadOrRefused(block);
    }

    private static byte[] decodeHostile(byte[] wire) {
        EmbeddedChannel reader = new EmbeddedChannel(new SnappyDecoder());
        ByteBuf in = Unpooled.buffer().writeBytes(wire);
        try {
            reader.writeInbound(in);
            reader.finish();
        } catch (SnappyFormatException refused) {
            assertThat(reader.isOpen()).isFalse();
        }
        byte[] plain = SnappyCodecTest.inbound(reader);
        assertThat(in.refCnt()).isZero();
        return plain;
    }
}
