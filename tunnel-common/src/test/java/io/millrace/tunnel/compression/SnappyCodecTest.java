package io.millrace.tunnel.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tunnel.compression.SnappyFormatException.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.UnsupportedMessageTypeException;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** spec: tunnel 5.1 - 5.4 */
class SnappyCodecTest {
    static final String IDENTIFIER = "ff060000734e61507059";

    static byte[] hex(String hex) {
        return ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
    }

    /** A chunk of the given type around the body. */
    static byte[] chunk(int type, byte[] body) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(type).writeMediumLE(body.length).writeBytes(body);
        return ByteBufUtil.getBytes(out);
    }

    static byte[] dataBody(byte[] plain, byte[] packed) {
        ByteBuf out = Unpooled.buffer();
        out.writeIntLE(SnappyFrame.maskedChecksum(new CRC32C(), plain, 0, plain.length));
        out.writeBytes(packed);
        return ByteBufUtil.getBytes(out);
    }

    static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] outbound(EmbeddedChannel channel) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuf next;
        while ((next = channel.readOutbound()) != null) {
            all.writeBytes(ByteBufUtil.getBytes(next));
            next.release();
        }
        return all.toByteArray();
    }

    static byte[] inbound(EmbeddedChannel channel) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuf next;
        while ((next = channel.readInbound()) != null) {
            all.writeBytes(ByteBufUtil.getBytes(next));
            next.release();
        }
        return all.toByteArray();
    }

    // ---- encoder

    @Test
    void writesTheVectorsOfTheSpecification() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyEncoder());
        channel.writeOutbound(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        assertThat(outbound(channel)).isEqualTo(hex(IDENTIFIER + "01 090000 bb1f1c19 68656c6c6f"));
        channel.writeOutbound(Unpooled.copiedBuffer("a".repeat(100), StandardCharsets.US_ASCII));
        assertThat(outbound(channel)).isEqualTo(hex("00 0d0000 1fa8b5fd 64 0061 fe0100 8a0100"));
        channel.writeOutbound(Unpooled.wrappedBuffer(hex("0103000000000000")));
        assertThat(outbound(channel)).isEqualTo(hex("01 0c0000 fbe46d18 0103000000000000"));
        channel.writeOutbound(Unpooled.buffer());
        assertThat(outbound(channel)).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void sendsNothingBeforeTheFirstData() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyEncoder());
        channel.flush();
        ChannelFuture empty = channel.writeAndFlush(Unpooled.buffer());
        assertThat(outbound(channel)).isEmpty();
        assertThat(empty.isSuccess()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    void putsIdentifierAndFirstChunkIntoOneWrite() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyEncoder());
        channel.writeOutbound(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        assertThat(channel.outboundMessages()).hasSize(1);
        channel.finishAndReleaseAll();
    }

    @Test
    void splitsAt65536() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyEncoder());
        channel.writeOutbound(Unpooled.wrappedBuffer(new byte[65540]));
        byte[] wire = outbound(channel);
        List<int[]> chunks = chunks(wire, 10);
        assertThat(chunks).hasSize(2);
        assertThat(chunks.get(0)[0]).isEqualTo(SnappyFrame.TYPE_COMPRESSED);
        assertThat(chunks.get(1)).containsExactly(SnappyFrame.TYPE_UNCOMPRESSED, 8);
        assertThat(decode(wire)).isEqualTo(new byte[65540]);
        channel.finishAndReleaseAll();
    }

    @Test
    void incompressibleChunkOf65536HasTheLargestUncompressedBody() {
        byte[] noise = random(1, 65536);
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyEncoder());
        channel.writeOutbound(Unpooled.wrappedBuffer(noise));
        byte[] wire = outbound(channel);
        assertThat(chunks(wire, 10)).singleElement().isEqualTo(new int[] {SnappyFrame.TYPE_UNCOMPRESSED, 65540});
        assertThat(decode(wire)).isEqualTo(noise);
        channel.finishAndReleaseAll();
    }

    /** Type and body length of each chunk from an offset on. */
    private static List<int[]> chunks(byte[] wire, int from) {
        List<int[]> found = new ArrayList<>();
        ByteBuf in = Unpooled.wrappedBuffer(wire).skipBytes(from);
        while (in.isReadable()) {
            int[] head = {in.readUnsignedByte(), in.readUnsignedMediumLE()};
            in.skipBytes(head[1]);
            found.add(head);
        }
        return found;
    }

    @Test
    void writesOfOneFlushShareAChunk() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyEncoder());
        List<ChannelFuture> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            futures.add(channel.write(Unpooled.wrappedBuffer(new byte[] {(byte) i, 1, 2})));
        }
        assertThat(channel.outboundMessages()).isEmpty();
        assertThat(futures).noneMatch(ChannelFuture::isDone);
        channel.flush();
        assertThat(channel.outboundMessages()).hasSize(1);
        assertThat(futures).allMatch(ChannelFuture::isSuccess);
        byte[] plain = decode(outbound(channel));
        assertThat(plain).hasSize(300);
        assertThat(plain[297]).isEqualTo((byte) 99);
        channel.finishAndReleaseAll();
    }

    @Test
    void holdsLessThanAChunkWithoutFlush() {
        HoldWrites transport = new HoldWrites();
        EmbeddedChannel channel = new EmbeddedChannel(transport, new SnappyEncoder());
        ChannelFuture first = channel.write(Unpooled.wrappedBuffer(new byte[60000]));
        ChannelFuture second = channel.write(Unpooled.wrappedBuffer(new byte[10000]));
        assertThat(transport.promises).hasSize(1);
        transport.promises.get(0).setSuccess();
        assertThat(first.isSuccess()).isTrue();
        assertThat(second.isDone()).isFalse();
        channel.flush();
        assertThat(transport.promises).hasSize(2);
        assertThat(second.isDone()).isFalse();
        transport.promises.get(1).setSuccess();
        assertThat(second.isSuccess()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    void promisesFailWithTheChunk() {
        HoldWrites transport = new HoldWrites();
        EmbeddedChannel channel = new EmbeddedChannel(transport, new SnappyEncoder());
        ChannelFuture first = channel.write(Unpooled.wrappedBuffer(new byte[10]));
        ChannelFuture second = channel.write(Unpooled.wrappedBuffer(new byte[10]));
        ChannelFuture empty = channel.write(Unpooled.buffer());
        channel.flush();
        IOException broken = new IOException("broken");
        transport.promises.get(0).setFailure(broken);
        assertThat(first.cause()).isSameAs(broken);
        assertThat(second.cause()).isSameAs(broken);
        assertThat(empty.cause()).isSameAs(broken);
        channel.finishAndReleaseAll();
    }

    @Test
    void aLostPartFailsTheWholeWriteAndAllThatFollow() {
        HoldWrites transport = new HoldWrites();
        EmbeddedChannel channel = new EmbeddedChannel(transport, new SnappyEncoder());
        ChannelFuture large = channel.write(Unpooled.wrappedBuffer(new byte[65536 + 100]));
        transport.promises.get(0).setFailure(new IOException("broken"));
        assertThat(large.cause()).hasMessage("broken");
        assertThat(channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1])).cause())
                .hasMessage("broken");
        assertThat(transport.promises).hasSize(1);
        channel.finishAndReleaseAll();
    }

    @Test
    void closeFailsWhatWasNotFlushed() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyEncoder());
        ByteBuf bytes = Unpooled.wrappedBuffer(new byte[10]);
        ChannelFuture write = channel.write(bytes);
        channel.close();
        assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(bytes.refCnt()).isZero();
        assertThat(outbound(channel)).isEmpty();
    }

    @Test
    void refusesOtherMessages() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyEncoder());
        assertThat(channel.writeAndFlush("text").cause()).isInstanceOf(UnsupportedMessageTypeException.class);
        channel.finishAndReleaseAll();
    }

    /** A transport that keeps the promises open. */
    private static final class HoldWrites extends ChannelOutboundHandlerAdapter {
        final List<ChannelPromise> promises = new ArrayList<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promises.add(promise);
        }
    }

    // ---- decoder

    private static byte[] decode(byte[] wire) {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyDecoder());
        channel.writeInbound(Unpooled.wrappedBuffer(wire));
        byte[] plain = inbound(channel);
        channel.finish();
        return plain;
    }

    private static byte[] decode(String hex) {
        return decode(hex(hex));
    }

    private static void assertRejected(Reason reason, byte[] wire) {
        HoldClose transport = new HoldClose();
        EmbeddedChannel channel = new EmbeddedChannel(transport, new SnappyDecoder());
        ByteBuf bytes = Unpooled.wrappedBuffer(wire);
        assertThatThrownBy(() -> channel.writeInbound(bytes))
                .isInstanceOfSatisfying(
                        SnappyFormatException.class, e -> assertThat(e.reason()).isEqualTo(reason));
        assertThat(transport.closed).isTrue();
        assertThat(bytes.refCnt()).isZero();
        assertThat(inbound(channel)).isEmpty();
        // The error is final and is told once.
        ByteBuf late = Unpooled.wrappedBuffer(hex(IDENTIFIER + "01 090000 bb1f1c19 68656c6c6f"));
        channel.pipeline().fireChannelRead(late);
        channel.pipeline().fireChannelInactive();
        channel.checkException();
        assertThat(late.refCnt()).isZero();
        assertThat(inbound(channel)).isEmpty();
        transport.release = true;
        channel.finish();
    }

    /** A transport that takes its time to close. */
    private static final class HoldClose extends ChannelOutboundHandlerAdapter {
        boolean closed;
        boolean release;

        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            closed = true;
            if (release) {
                ctx.close(promise);
            }
        }
    }

    private static void assertRejected(Reason reason, String hex) {
        assertRejected(reason, hex(hex));
    }

    @Test
    void readsTheVectorsOfTheSpecification() {
        assertThat(decode(IDENTIFIER + "01 090000 bb1f1c19 68656c6c6f" + "00 0d0000 1fa8b5fd 64 0061 fe0100 8a0100"
                        + "01 0c0000 fbe46d18 0103000000000000"))
                .isEqualTo(("hello" + "a".repeat(100) + "\1\3\0\0\0\0\0\0").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void firstChunkMustBeTheIdentifier() {
        assertRejected(Reason.NO_IDENTIFIER, "01 090000 bb1f1c19 68656c6c6f");
        assertRejected(Reason.NO_IDENTIFIER, "fe 010000 00" + IDENTIFIER);
    }

    @Test
    void aPeerWithoutCompressionIsRecognisedByItsFirstByte() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyDecoder());
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {1})))
                .hasMessageContaining("nocomp");
    }

    @Test
    void laterIdentifiersAreCheckedAndSkipped() {
        assertThat(decode(IDENTIFIER + IDENTIFIER + "01 090000 bb1f1c19 68656c6c6f" + IDENTIFIER))
                .isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
        assertRejected(Reason.BAD_IDENTIFIER, IDENTIFIER + "ff060000734e61507058");
        assertRejected(Reason.BAD_IDENTIFIER, IDENTIFIER + "ff050000734e615070");
        assertRejected(Reason.BAD_IDENTIFIER, "ff070000734e6150705900");
        assertRejected(Reason.BAD_IDENTIFIER, "ff060000000000000000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0xa5, 0xfd, 0xfe})
    void skippableChunksAreSkippedUpTo76494(int type) {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyDecoder());
        channel.writeInbound(
                Unpooled.wrappedBuffer(hex(IDENTIFIER), chunk(type, new byte[76494]), chunk(type, new byte[0])));
        channel.writeInbound(Unpooled.wrappedBuffer(hex("01 090000 bb1f1c19 68656c6c6f")));
        assertThat(inbound(channel)).isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
        channel.finish();
        ByteBuf tooLong = Unpooled.buffer().writeByte(type).writeMediumLE(76495);
        assertRejected(Reason.CHUNK_TOO_LONG, hex(IDENTIFIER + ByteBufUtil.hexDump(tooLong)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x02, 0x7f, 0xff})
    void noChunkMayBeLongerThan76494(int type) {
        ByteBuf head = Unpooled.buffer().writeByte(type).writeMediumLE(76495);
        assertRejected(Reason.CHUNK_TOO_LONG, hex(IDENTIFIER + ByteBufUtil.hexDump(head)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x02, 0x40, 0x7f})
    void reservedChunksAreFatal(int type) {
        assertRejected(Reason.RESERVED_CHUNK, hex(IDENTIFIER + ByteBufUtil.hexDump(chunk(type, new byte[4]))));
    }

    @ParameterizedTest
    @CsvSource({"00,0", "00,3", "01,0", "01,3"})
    void aDataChunkNeedsAChecksum(String type, int bodyBytes) {
        assertRejected(
                Reason.CHUNK_TOO_SHORT,
                IDENTIFIER + type + String.format("%02x0000", bodyBytes) + "00".repeat(bodyBytes));
    }

    @Test
    void uncompressedChunksEndAt65536() {
        byte[] plain = random(3, 65536);
        byte[] wire = ByteBufUtil.getBytes(
                Unpooled.wrappedBuffer(hex(IDENTIFIER), chunk(SnappyFrame.TYPE_UNCOMPRESSED, dataBody(plain, plain))));
        assertThat(decode(wire)).isEqualTo(plain);
        assertRejected(Reason.DATA_TOO_LONG, IDENTIFIER + "01 050001");
    }

    @Test
    void compressedChunksEndAt65536() {
        byte[] plain = new byte[65536];
        byte[] block = new byte[65536];
        int length = SnappyBlock.compress(plain, plain.length, block, new short[SnappyBlock.MAX_TABLE_ENTRIES]);
        byte[] packed = Arrays.copyOf(block, length);
        byte[] wire = ByteBufUtil.getBytes(
                Unpooled.wrappedBuffer(hex(IDENTIFIER), chunk(SnappyFrame.TYPE_COMPRESSED, dataBody(plain, packed))));
        assertThat(decode(wire)).isEqualTo(plain);
        // 65537 announced.
        assertRejected(Reason.DATA_TOO_LONG, IDENTIFIER + "00 070000 00000000 818004");
    }

    @Test
    void aBodyOf76494IsTaken() {
        // The worst block a sender may make: 65536 bytes in literals of 6 bytes, 7 on the wire each; 76459 with the
        // length.
        byte[] plain = random(4, 65536);
        ByteBuf block = Unpooled.buffer().writeBytes(hex("808004"));
        int i = 0;
        while (i < plain.length) {
            int n = Math.min(6, plain.length - i);
            block.writeByte((n - 1) << 2).writeBytes(plain, i, n);
            i += n;
        }
        // Longer forms of the literal length bring it to the limit.
        byte[] packed = ByteBufUtil.getBytes(block);
        int missing = 76490 - packed.length;
        ByteBuf longer = Unpooled.buffer().writeBytes(hex("808004"));
        i = 0;
        while (i < plain.length) {
            int n = Math.min(6, plain.length - i);
            if (missing >= 4) {
                longer.writeByte(63 << 2).writeIntLE(n - 1);
                missing -= 4;
            } else if (missing > 0) {
                longer.writeByte((59 + missing) << 2).writeByte(n - 1).writeZero(missing - 1);
                missing = 0;
            } else {
                longer.writeByte((n - 1) << 2);
            }
            longer.writeBytes(plain, i, n);
            i += n;
        }
        byte[] worst = ByteBufUtil.getBytes(longer);
        assertThat(worst).hasSize(76490);
        byte[] wire = ByteBufUtil.getBytes(
                Unpooled.wrappedBuffer(hex(IDENTIFIER), chunk(SnappyFrame.TYPE_COMPRESSED, dataBody(plain, worst))));
        assertThat(decode(wire)).isEqualTo(plain);
    }

    @Test
    void emptyDataChunksYieldNothing() {
        byte[] checksum = dataBody(new byte[0], new byte[0]);
        byte[] block = dataBody(new byte[0], new byte[] {0});
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyDecoder());
        channel.writeInbound(Unpooled.wrappedBuffer(
                hex(IDENTIFIER),
                chunk(SnappyFrame.TYPE_UNCOMPRESSED, checksum),
                chunk(SnappyFrame.TYPE_COMPRESSED, block)));
        assertThat(channel.inboundMessages()).isEmpty();
        channel.finish();
    }

    @Test
    void aWrongChecksumIsFatal() {
        assertRejected(Reason.BAD_CHECKSUM, IDENTIFIER + "01 090000 bc1f1c19 68656c6c6f");
        assertRejected(Reason.BAD_CHECKSUM, IDENTIFIER + "00 0d0000 1fa8b5fc 64 0061 fe0100 8a0100");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // no length at all
                "80", // length cut off
                "8080808080", // length of more than 5 bytes
                "05 10 6162", // literal over the end of the block
                "02 08 616263", // literal over the announced length
                "05 f0", // long literal without its length
                "05 f4 00", // likewise, one of two bytes
                "05 fc ffffffff 61", // literal of 4 GiB
                "05 01 01", // copy before any output
                "05 0061 01 00", // offset 0
                "05 0061 01 02", // offset before the start
                "05 0061 02 01", // 16-bit offset cut off
                "05 0061 0f 010000", // 32-bit offset cut off
                "05 0061 0f 01000080", // 32-bit offset with the sign bit
                "03 0061 01 01", // copy of 4 over the announced length
                "05 0061", // ends before the announced length
                "00 0061", // holds more than nothing
            })
    void corruptBlocksAreFatal(String block) {
        byte[] body = dataBody(new byte[5], hex(block));
        assertRejected(
                Reason.BAD_BLOCK, hex(IDENTIFIER + ByteBufUtil.hexDump(chunk(SnappyFrame.TYPE_COMPRESSED, body))));
    }

    @Test
    void allElementFormsAreRead() {
        // Literal "ab"; 11-bit copy of 4, offset 2; 16-bit copy of 3, offset 1; 32-bit copy of 2, offset 9.
        byte[] block = hex("0b 04 6162 01 02 0a 0100 07 09000000");
        byte[] plain = "abababbbbab".getBytes(StandardCharsets.US_ASCII);
        byte[] wire = ByteBufUtil.getBytes(
                Unpooled.wrappedBuffer(hex(IDENTIFIER), chunk(SnappyFrame.TYPE_COMPRESSED, dataBody(plain, block))));
        assertThat(decode(wire)).isEqualTo(plain);
    }

    @Test
    void anEndInsideAChunkIsCorruptAndBetweenChunksIsNot() {
        for (int cut = 1; cut < 23; cut++) {
            byte[] wire = Arrays.copyOf(hex(IDENTIFIER + "01 090000 bb1f1c19 68656c6c6f"), cut);
            EmbeddedChannel channel = new EmbeddedChannel(new SnappyDecoder());
            channel.writeInbound(Unpooled.wrappedBuffer(wire));
            channel.pipeline().fireChannelInactive();
            @Nullable Throwable thrown = null;
            try {
                channel.checkException();
            } catch (SnappyFormatException e) {
                thrown = e;
                assertThat(e.reason()).isEqualTo(Reason.TRUNCATED);
            }
            assertThat(thrown == null).as("cut at %d", cut).isEqualTo(cut == 10);
            channel.close();
        }
    }

    @Test
    void staysPackedWhileNothingIsWanted() {
        byte[] plain = new byte[65536];
        EmbeddedChannel encoder = new EmbeddedChannel(new SnappyEncoder());
        encoder.writeOutbound(
                Unpooled.wrappedBuffer(plain), Unpooled.wrappedBuffer(plain), Unpooled.wrappedBuffer(plain));
        byte[] wire = outbound(encoder);
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyDecoder());
        channel.config().setAutoRead(false);
        channel.read();
        channel.writeInbound(Unpooled.wrappedBuffer(wire));
        assertThat(channel.inboundMessages()).hasSize(1);
        channel.read();
        assertThat(channel.inboundMessages()).hasSize(2);
        channel.config().setAutoRead(true);
        assertThat(channel.inboundMessages()).hasSize(3);
        channel.finishAndReleaseAll();
        encoder.finishAndReleaseAll();
    }

    @Test
    void theTransportIsReadOnAfterAPauseThatLeftChunksPacked() {
        class Reads extends ChannelOutboundHandlerAdapter {
            int count;

            @Override
            public void read(ChannelHandlerContext ctx) {
                count++;
                ctx.read();
            }
        }
        Reads reads = new Reads();
        EmbeddedChannel channel = new EmbeddedChannel(reads, new SnappyDecoder());
        channel.config().setAutoRead(false);
        channel.read();
        String chunk = "01 090000 bb1f1c19 68656c6c6f";
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(hex(IDENTIFIER + chunk + chunk)));
        assertThat(channel.inboundMessages()).hasSize(1);
        int before = reads.count;
        channel.config().setAutoRead(true);
        assertThat(channel.inboundMessages()).hasSize(2);
        assertThat(reads.count).isGreaterThan(before);
        channel.finishAndReleaseAll();
    }

    @Test
    void memoryDoesNotGrowWhenReadsNeverEndWithAChunk() {
        EmbeddedChannel encoder = new EmbeddedChannel(new SnappyEncoder());
        encoder.writeOneOutbound(Unpooled.wrappedBuffer(new byte[60_000])); // well compressible
        encoder.writeOneOutbound(Unpooled.wrappedBuffer(random(7, 5_000)));
        encoder.flushOutbound();
        byte[] wire = outbound(encoder);
        byte[] identifier = hex(IDENTIFIER);
        byte[] chunks = Arrays.copyOfRange(wire, identifier.length, wire.length);
        byte[] read = Unpooled.copiedBuffer(chunks, chunks).array();
        int shift = chunks.length / 2; // each read ends in the middle of a chunk
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyDecoder());
        channel.config().setAllocator(allocator);
        channel.writeInbound(allocator.buffer().writeBytes(identifier).writeBytes(chunks, 0, shift));
        long most = 0;
        for (int i = 0; i < 1000; i++) {
            channel.writeInbound(allocator.buffer().writeBytes(read, shift, chunks.length));
            channel.releaseInbound();
            most = Math.max(most, allocator.metric().usedHeapMemory());
        }
        assertThat(most).isLessThan(1_000_000);
        channel.finishAndReleaseAll();
        encoder.finishAndReleaseAll();
    }

    @Test
    void whatIsPackedIsDeliveredBeforeTheEnd() {
        EmbeddedChannel channel = new EmbeddedChannel(new SnappyDecoder());
        channel.config().setAutoRead(false);
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(hex(IDENTIFIER + "01 090000 bb1f1c19 68656c6c6f")));
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(hex("01 090000 bb1f1c19 68656c6c6f")));
        channel.pipeline().fireChannelInactive();
        assertThat(inbound(channel)).isEqualTo("hellohello".getBytes(StandardCharsets.US_ASCII));
        channel.checkException();
    }
}
