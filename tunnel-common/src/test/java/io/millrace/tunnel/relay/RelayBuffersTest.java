package io.millrace.tunnel.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayBuffersTest {
    private final List<EmbeddedChannel> ends = new ArrayList<>();

    @AfterEach
    void close() {
        ends.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void theFirstEndsHaveAmpleRoom() {
        EmbeddedChannel end = limited();
        assertThat(roomBytes(end)).isEqualTo(256 * 1024);
        assertThat(largestReadBytes(end)).isEqualTo(128 * 1024);
    }

    @Test
    void theManyHaveFarLess() {
        takeAllAmple();
        EmbeddedChannel end = limited();
        assertThat(roomBytes(end)).isEqualTo(16 * 1024);
        assertThat(largestReadBytes(end)).isEqualTo(16 * 1024);
    }

    @Test
    void ampleRoomIsFreeAgainWhenAnEndCloses() {
        takeAllAmple();
        ends.get(0).close();
        assertThat(largestReadBytes(limited())).isEqualTo(128 * 1024);
        assertThat(largestReadBytes(limited())).isEqualTo(16 * 1024);
    }

    @Test
    void ampleRoomIsNotGivenOutAnewByEndsThatHadNone() {
        takeAllAmple();
        limited().close();
        assertThat(largestReadBytes(limited())).isEqualTo(16 * 1024);
    }

    private void takeAllAmple() {
        for (int i = 0; i < RelayBuffers.AMPLE_ENDS; i++) {
            limited();
        }
    }

    private EmbeddedChannel limited() {
        EmbeddedChannel end = new EmbeddedChannel();
        ends.add(end);
        RelayBuffers.limit(end);
        return end;
    }

    private static int roomBytes(EmbeddedChannel end) {
        return end.config().getWriteBufferWaterMark().high();
    }

    @SuppressWarnings("deprecation") // Netty has no other handle
    private static int largestReadBytes(EmbeddedChannel end) {
        RecvByteBufAllocator.Handle reads =
                end.config().getRecvByteBufAllocator().newHandle();
        for (int i = 0; i < 100; i++) {
            reads.reset(end.config());
            int guess = reads.guess();
            reads.attemptedBytesRead(guess);
            reads.lastBytesRead(guess);
            reads.incMessagesRead(1);
            reads.readComplete();
        }
        return reads.guess();
    }
}
