package io.millrace.smux.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
    /** Writes down what was decoded; neighbouring pieces of data are joined. */
    private static final class Log implements FrameDecoder.Sink {
        final List<String> frames = new ArrayList<>();
        final StringBuilder data = new StringBuilder();
        int framesAllowed = Integer.MAX_VALUE;
        long dataBytes;
        boolean keepData = true;

        @Override
        public boolean mayStartFrame() {
            return framesAllowed-- > 0;
        }

        @Override
        public void onSyn(int id) {
            note("SYN " + Integer.toUnsignedString(id));
        }

        @Override
        public void onFin(int id) {
            note("FIN " + Integer.toUnsignedString(id));
        }

        @Override
        public void onNop(int streamId) {
            note("NOP");
        }

        @Override
        public void onUpdate(int id, int consumed, int window) {
            note("UPD " + Integer.toUnsignedString(id) + " " + Integer.toUnsignedString(consumed) + " "
                    + Integer.toUnsignedString(window));
        }

        @Override
        public void onPush(int id, int length) {
            note("PSH " + Integer.toUnsignedString(id) + " " + length);
        }

        @Override
        public void onData(ByteBuf in, int length) {
            dataBytes += length;
            if (keepData) {
                data.append(ByteBufUtil.hexDump(in, in.readerIndex(), length));
            }
            in.skipBytes(length);
        }

        private void note(String frame) {
            frames.add(frame);
            if (keepData) {
                data.append('|');
            }
        }
    }

    private static ByteBuf hex(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }

    @Test
    void decodesTheWorkedExamples() {
        Log log = new Log();
        FrameDecoder decoder = new FrameDecoder(1, log);
        assertThat(decoder.decode(hex("01 00 00 00 03 00 00 00  01 02 05 00 03 00 00 00 68 65 6c 6c 6f"
                        + "01 01 00 00 03 00 00 00  01 03 00 00 00 00 00 00  01 00 00 00 02 00 00 00")))
                .isTrue();
        assertThat(log.frames).containsExactly("SYN 3", "PSH 3 5", "FIN 3", "NOP", "SYN 2");
        assertThat(log.data.toString()).isEqualTo("||68656c6c6f|||");

        Log second = new Log();
        new FrameDecoder(2, second)
                .decode(hex("02 04 08 00 03 00 00 00 05 00 00 00 00 00 20 00  02 03 00 00 00 00 00 00"));
        assertThat(second.frames).containsExactly("UPD 3 5 2097152", "NOP");
    }

    @Test
    void readsLengthIdAndCountersAsUnsigned() {
        Log log = new Log();
        FrameDecoder decoder = new FrameDecoder(2, log);
        decoder.decode(hex("02 04 08 00 ff ff ff ff fe ff ff ff 00 00 00 80  02 02 ff ff fe ff ff ff"));
        assertThat(log.frames).containsExactly("UPD 4294967295 4294967294 2147483648", "PSH 4294967294 65535");
        assertThat(decoder.isMidFrame()).isTrue();
        decoder.decode(Unpooled.wrappedBuffer(new byte[65535]));
        assertThat(decoder.isMidFrame()).isFalse();
        assertThat(log.dataBytes).isEqualTo(65535);
    }

    @Test
    void writesHeadersAsTheWorkedExamplesShow() {
        ByteBuf out = Unpooled.buffer();
        out.writeLongLE(FrameHeader.of(2, FrameHeader.PSH, 32768, 7));
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("0202008007000000");
    }

    @Property(tries = 200)
    void anyCutOfTheBytesGivesTheSameFrames(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int maxPiece) {
        Random random = new Random(seed);
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < 30; i++) {
            int id = random.nextInt();
            switch (random.nextInt(5)) {
                case 0 -> all.writeLongLE(FrameHeader.of(2, FrameHeader.SYN, 0, id));
                case 1 -> all.writeLongLE(FrameHeader.of(2, FrameHeader.FIN, 0, id));
                case 2 -> all.writeLongLE(FrameHeader.of(2, FrameHeader.NOP, 0, 0));
                case 3 ->
                    all.writeLongLE(FrameHeader.of(2, FrameHeader.UPD, 8, id)).writeLongLE(random.nextLong());
                default -> {
                    byte[] data = new byte[random.nextInt(100)];
                    random.nextBytes(data);
                    all.writeLongLE(FrameHeader.of(2, FrameHeader.PSH, data.length, id))
                            .writeBytes(data);
                }
            }
        }
        Log whole = new Log();
        new FrameDecoder(2, whole).decode(all.duplicate());
        Log pieces = new Log();
        FrameDecoder decoder = new FrameDecoder(2, pieces);
        while (all.isReadable()) {
            int n = Math.min(all.readableBytes(), 1 + random.nextInt(maxPiece));
            assertThat(decoder.decode(all.readSlice(n))).isTrue();
        }
        assertThat(pieces.frames).isEqualTo(whole.frames).hasSize(30);
        assertThat(pieces.data.toString()).isEqualTo(whole.data.toString());
        assertThat(decoder.isMidFrame()).isFalse();
        assertThat(decoder.framesStarted()).isEqualTo(30);
    }

    @Test
    void takesAMebibyteAtOnce() {
        Log log = new Log();
        log.keepData = false;
        ByteBuf all = Unpooled.buffer(1 << 20);
        int frames = 0;
        while (all.writerIndex() + 1008 <= 1 << 20) {
            all.writeLongLE(FrameHeader.of(1, FrameHeader.PSH, 1000, 3)).writeZero(1000);
            frames++;
        }
        assertThat(new FrameDecoder(1, log).decode(all)).isTrue();
        assertThat(log.frames).hasSize(frames);
        assertThat(log.dataBytes).isEqualTo(frames * 1000L);
    }

    @Test
    void stopsBeforeAHeaderWhenToldAndGoesOnLater() {
        Log log = new Log();
        log.framesAllowed = 2;
        FrameDecoder decoder = new FrameDecoder(1, log);
        ByteBuf in = hex("01 03 00 00 00 00 00 00  01 02 02 00 03 00 00 00 aa bb  01 01 00 00 03 00 00 00");
        assertThat(decoder.decode(in)).isFalse();
        assertThat(log.frames).containsExactly("NOP", "PSH 3 2");
        assertThat(in.readableBytes()).isEqualTo(8);
        assertThat(decoder.isMidFrame()).isFalse();
        log.framesAllowed = 1;
        assertThat(decoder.decode(in)).isTrue();
        assertThat(log.frames).endsWith("FIN 3");
    }

    @Test
    void namesEachViolationAndDecodesNothingAfterIt() {
        violates(1, "02 00 00 00 03 00 00 00", FrameViolation.WRONG_VERSION);
        violates(2, "01 00 00 00 03 00 00 00", FrameViolation.WRONG_VERSION);
        // The version is looked at before the command.
        violates(2, "07 09 00 00 03 00 00 00", FrameViolation.WRONG_VERSION);
        violates(1, "01 05 00 00 03 00 00 00", FrameViolation.UNKNOWN_COMMAND);
        violates(1, "01 ff 00 00 03 00 00 00", FrameViolation.UNKNOWN_COMMAND);
        violates(1, "01 00 01 00 03 00 00 00 00", FrameViolation.UNEXPECTED_PAYLOAD);
        violates(1, "01 01 01 00 03 00 00 00 00", FrameViolation.UNEXPECTED_PAYLOAD);
        violates(1, "01 03 00 80 00 00 00 00 00", FrameViolation.UNEXPECTED_PAYLOAD);
        violates(1, "01 04 08 00 03 00 00 00 00 00 00 00 00 00 00 00", FrameViolation.UPDATE_ON_VERSION_1);
        violates(2, "02 04 07 00 03 00 00 00 00 00 00 00 00 00 00 00", FrameViolation.BAD_UPDATE_LENGTH);
        violates(2, "02 04 09 00 03 00 00 00 00 00 00 00 00 00 00 00", FrameViolation.BAD_UPDATE_LENGTH);
        violates(2, "02 04 00 00 03 00 00 00", FrameViolation.BAD_UPDATE_LENGTH);
    }

    private static void violates(int version, String frame, FrameViolation expected) {
        Log log = new Log();
        FrameDecoder decoder = new FrameDecoder(version, log);
        ByteBuf in = hex(frame + (version == 1 ? "01" : "02") + "03000000000000");
        assertThat(decoder.decode(in)).as(frame).isFalse();
        assertThat(decoder.violation()).as(frame).isEqualTo(expected);
        int left = in.readableBytes();
        assertThat(decoder.decode(in)).as(frame).isFalse();
        assertThat(in.readableBytes()).as(frame).isEqualTo(left);
        assertThat(log.frames).as(frame).isEmpty();
    }
}
