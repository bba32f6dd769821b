package io.millrace.faketcp;

import io.millrace.faketcp.wire.SegmentDropReason;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;

/** What client and server of the disguise have in common. */
public final class FakeTcp {
    private FakeTcp() {}

    /**
     * Checks that disguising is possible here: Linux, JDK 22, the right to open raw sockets. Call it first.
     *
     * @throws IOException if not; the message says what is missing
     */
    public static void requireAvailable() throws IOException {
        RawSocket.requireAvailable();
    }

    /**
     * How many segments a disguised channel has dropped for a reason; look at it on the channel's event loop.
     *
     * @throws IllegalArgumentException if the channel is none
     */
    public static long dropped(Channel channel, SegmentDropReason reason) {
        return handler(channel).dropped(reason);
    }

    /**
     * The local address of a disguised channel, since its socket knows none; that of a server may be a wildcard.
     *
     * @throws IllegalArgumentException if the channel is none
     */
    public static InetSocketAddress localAddress(Channel channel) {
        return handler(channel).localAddress();
    }

    private static SegmentHandler handler(Channel channel) {
        SegmentHandler handler = channel.pipeline().get(SegmentHandler.class);
        if (handler == null) {
            throw new IllegalArgumentException("not a disguised channel: " + channel);
        }
        return handler;
    }
}
