package io.millrace.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;

/** Both directions of a compression, in embedded channels, whose cost is in the figures. */
final class CodecChannels {
    private final EmbeddedChannel encoder;
    private final EmbeddedChannel decoder;
    private ByteBuf plain = Unpooled.EMPTY_BUFFER;
    private ByteBuf packed = Unpooled.EMPTY_BUFFER;

    CodecChannels(ChannelHandler encoder, ChannelHandler decoder) {
        this.encoder = new EmbeddedChannel(encoder);
        this.decoder = new EmbeddedChannel(decoder);
    }

    /** Starts both streams, and keeps the chunks of {@code data} to be unpacked. */
    void fill(byte[] data) {
        plain = Unpooled.directBuffer(data.length).writeBytes(data);
        packed = pack();
        decode();
        packed.release();
        packed = pack();
    }

    private ByteBuf pack() {
        encoder.writeOutbound(plain.retainedDuplicate());
        ByteBuf all = Unpooled.directBuffer();
        for (ByteBuf out = encoder.readOutbound(); out != null; out = encoder.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        return all;
    }

    /** Packs what was filled in; returns the bytes that this takes. */
    int encode() {
        encoder.writeOutbound(plain.retainedDuplicate());
        int length = 0;
        for (ByteBuf out = encoder.readOutbound(); out != null; out = encoder.readOutbound()) {
            length += out.readableBytes();
            out.release();
        }
        return length;
    }

    /** Unpacks what was filled in; returns its bytes. */
    int decode() {
        decoder.writeInbound(packed.retainedDuplicate());
        int length = 0;
        for (ByteBuf in = decoder.readInbound(); in != null; in = decoder.readInbound()) {
            length += in.readableBytes();
            in.release();
        }
        if (length != plain.readableBytes()) {
            throw new IllegalStateException("unpacked " + length + " bytes of " + plain.readableBytes());
        }
        return length;
    }
}
