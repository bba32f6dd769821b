package io.millrace.tunnel.qpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.QppGeneration;
import io.millrace.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.UnsupportedMessageTypeException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both directions of a stream, in buffers of all kinds. spec: tunnel 6.5 */
class QppHandlerTest {
    private static final QppPads PADS = QppPads.derive(new byte[] {4, 5}, 61, QppGeneration.C);
    private static final int BYTES = 60_000;

    private enum Kind {
        HEAP {
            @Override
            ByteBuf of(byte[] bytes, int from, int length) {
                ByteBuf buffer = Unpooled.buffer(length + 3).writeZero(3).skipBytes(3);
                return buffer.writeBytes(bytes, from, length);
            }
        },
        DIRECT {
            @Override
            ByteBuf of(byte[] bytes, int from, int length) {
                return Unpooled.directBuffer(length + 1).writeBytes(bytes, from, length);
            }
        },
        SLICE {
            @Override
            ByteBuf of(byte[] bytes, int from, int length) {
                ByteBuf whole = Unpooled.directBuffer(length + 20).writeZero(length + 20);
                whole.setBytes(7, bytes, from, length);
                return whole.slice(7, length);
            }
        },
        COMPOSITE {
            @Override
            ByteBuf of(byte[] bytes, int from, int length) {
                CompositeByteBuf parts = Unpooled.compositeBuffer();
                parts.addComponent(true, HEAP.of(bytes, from, length / 3));
                return parts.addComponent(true, DIRECT.of(bytes, from + length / 3, length - length / 3));
            }
        },
        READ_ONLY {
            @Override
            ByteBuf of(byte[] bytes, int from, int length) {
                return Unpooled.wrappedBuffer(bytes, from, length).asReadOnly();
            }
        };

        /** A buffer with a copy of the bytes, or one that cannot be written to. */
        abstract ByteBuf of(byte[] bytes, int from, int length);
    }

    @Test
    void encryptsWhatIsWrittenAndDecryptsWhatIsRead() {
        Seeds.run(9, seeds -> {
            SplittableRandom random = seeds.random("bytes");
            byte[] up = new byte[BYTES];
            byte[] down = new byte[BYTES];
            random.nextBytes(up);
            random.nextBytes(down);
            byte[] sealedUp = up.clone();
            PADS.newCipher().encrypt(sealedUp, 0, BYTES);
            byte[] sealedDown = down.clone();
            PADS.newCipher().encrypt(sealedDown, 0, BYTES);

            EmbeddedChannel stream = new EmbeddedChannel(new QppHandler(PADS));
            ByteBuf written = Unpooled.buffer();
            ByteBuf read = Unpooled.buffer();
            int upAt = 0;
            int downAt = 0;
            while (upAt < BYTES || downAt < BYTES) {
                Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
                boolean large = random.nextInt(4) == 0;
                int length = random.nextInt(large ? 20_000 : 40);
                if (random.nextBoolean()) {
                    int part = Math.min(length, BYTES - upAt);
                    stream.writeOutbound(kind.of(up, upAt, part));
                    upAt += part;
                } else {
                    int part = Math.min(length, BYTES - downAt);
                    stream.writeInbound(kind.of(sealedDown, downAt, part));
                    downAt += part;
                }
                drain(stream.readOutbound(), written);
                drain(stream.readInbound(), read);
            }
            assertThat(ByteBufUtil.getBytes(written)).isEqualTo(sealedUp);
            assertThat(ByteBufUtil.getBytes(read)).isEqualTo(down);
            assertThat(stream.finish()).isFalse();
        });
    }

    private static void drain(ByteBuf from, ByteBuf to) {
        if (from != null) {
            to.writeBytes(from);
            assertThat(from.release()).isTrue();
        }
    }

    @Test
    void leavesReadOnlyBytesAlone() {
        EmbeddedChannel stream = new EmbeddedChannel(new QppHandler(PADS));
        byte[] bytes = new byte[100];
        stream.writeOutbound(Kind.READ_ONLY.of(bytes, 0, 100));
        assertThat(bytes).containsOnly(0);
        ByteBuf written = stream.readOutbound();
        assertThat(ByteBufUtil.getBytes(written)).isNotEqualTo(bytes);
        written.release();
        stream.finish();
    }

    @Test
    void refusesWhatIsNoBuffer() {
        EmbeddedChannel stream = new EmbeddedChannel(new QppHandler(PADS));
        ChannelFuture written = stream.write("text");
        assertThat(written.cause()).isInstanceOf(UnsupportedMessageTypeException.class);
        assertThat(stream.finish()).isFalse();
    }
}
