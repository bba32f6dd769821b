package io.millrace.faketcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class FakeTcpClientTest {
    /** As without descriptors: there is no channel on any event loop. Who waits for the result waits for ever without it. */
    @Test
    void aConnectionThatCannotEvenBeBegunHasFailed() throws Exception {
        EventLoopGroup wrong = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            FakeTcpClient client = new FakeTcpClient(new FakeTcpOptions(0, 0, 1), reason -> {});
            Future<Channel> connected = client.connect(
                    wrong.next(),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 9),
                    new ChannelInboundHandlerAdapter());
            assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(connected.isSuccess()).isFalse();
        } finally {
            wrong.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        }
    }
}
