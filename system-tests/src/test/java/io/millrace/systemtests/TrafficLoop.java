package io.millrace.systemtests;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The event loop of the traffic that tests send through tunnels: one daemon thread for all tests. */
final class TrafficLoop {
    private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("test-traffic", true), NioIoHandler.newFactory());

    private TrafficLoop() {}

    static EventLoopGroup group() {
        return GROUP;
    }
}
