package io.millrace.tunnel.session;

import io.millrace.config.Compression;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.tunnel.compression.Lz4Decoder;
import io.millrace.tunnel.compression.Lz4Encoder;
import io.millrace.tunnel.compression.SnappyDecoder;
import io.millrace.tunnel.compression.SnappyEncoder;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import java.util.function.IntFunction;

/** The layers on top of a KCP session: compression if it is on, then smux. spec: tunnel 0, 5 */
public final class TunnelPipeline {
    private TunnelPipeline() {}

    /** Adds a client's layers to the pipeline of a KCP channel. */
    public static void install(ChannelPipeline pipeline, Compression compression, SmuxSessionHandler smux) {
        if (compression != Compression.NONE) {
            pipeline.addLast(decoder(compression), encoder(compression));
        }
        pipeline.addLast(smux);
    }

    /**
     * Lets a server's layers be chosen by what the client sends.
     *
     * @param own what the configuration says
     * @param strict whether the client must have the same
     * @param smux makes the session handler of a version
     */
    public static void detect(
            ChannelPipeline pipeline,
            StreamFormat own,
            boolean strict,
            IntFunction<SmuxSessionHandler> smux,
            SessionLog log) {
        pipeline.addLast(new FormatDetector(new FormatDetector.Rules(own, strict, smux, log), null));
    }

    static ChannelHandler decoder(Compression compression) {
        return switch (compression) {
            case SNAPPY -> new SnappyDecoder();
            case LZ4 -> new Lz4Decoder();
            case NONE -> throw new IllegalArgumentException("no compression has no decoder");
        };
    }

    static ChannelHandler encoder(Compression compression) {
        return switch (compression) {
            case SNAPPY -> new SnappyEncoder();
            case LZ4 -> new Lz4Encoder();
            case NONE -> throw new IllegalArgumentException("no compression has no encoder");
        };
    }
}
