package io.millrace.tunnel.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class RelayBuffersTest {
    @Test
    void aChannelIsFullAt16KibAndFreeAgainAt8() {
        EmbeddedChannel channel = new EmbeddedChannel();
        RelayBuffers.limit(channel);
        channel.write(Unpooled.wrappedBuffer(new byte[15 * 1024]));
        assertThat(channel.isWritable()).isTrue();
        channel.write(Unpooled.wrappedBuffer(new byte[2 * 1024]));
        assertThat(channel.isWritable()).isFalse();
        channel.flush();
        assertThat(channel.isWritable()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    @SuppressWarnings("deprecation") // Netty has no other handle
    void readsNeverGrowBeyond16Kib() {
        EmbeddedChannel channel = new EmbeddedChannel();
        RelayBuffers.limit(channel);
        RecvByteBufAllocator.Handle reads =
                channel.config().getRecvByteBufAllocator().newHandle();
        for (int i = 0; i < 100; i++) {
            reads.reset(channel.config());
            int guess = reads.guess();
            assertThat(guess).isLessThanOrEqualTo(16 * 1024);
            reads.attemptedBytesRead(guess);
            reads.lastBytesRead(guess);
            reads.incMessagesRead(1);
            reads.readComplete();
        }
        assertThat(reads.guess()).isEqualTo(16 * 1024);
        channel.finishAndReleaseAll();
    }
}
