package io.millrace.tunnel.session;

import io.millrace.smux.SmuxSessionHandler;
import io.millrace.tunnel.compression.SnappyDecoder;
import io.millrace.tunnel.compression.SnappyEncoder;
import io.netty.channel.ChannelPipeline;

/** The layers on top of a KCP session: snappy framing if it is on, then smux. spec: tunnel 0, 5 */
public final class TunnelPipeline {
    private TunnelPipeline() {}

    /** Adds the layers to the pipeline of a KCP channel. */
    public static void install(ChannelPipeline pipeline, boolean compression, SmuxSessionHandler smux) {
        if (compression) {
            pipeline.addLast(new SnappyDecoder(), new SnappyEncoder());
        }
        pipeline.addLast(smux);
    }
}
