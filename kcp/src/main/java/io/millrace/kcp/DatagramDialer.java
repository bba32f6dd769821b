package io.millrace.kcp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/** Opens the datagram channel of a client session: UDP, or what takes its place. */
@FunctionalInterface
public interface DatagramDialer {
    /**
     * Opens a {@link io.netty.channel.socket.DatagramChannel}. On the event loop.
     *
     * @param loop runs the channel
     * @param server where the session's datagrams go to and come from
     * @param handler last in the channel's pipeline
     */
    Future<? extends Channel> dial(EventLoop loop, InetSocketAddress server, ChannelHandler handler);
}
