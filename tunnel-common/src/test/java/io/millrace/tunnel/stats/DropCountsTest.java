package io.millrace.tunnel.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.DropReason;
import io.millrace.smux.SmuxConfig;
import io.millrace.smux.SmuxDropReason;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class DropCountsTest {
    /** Version 1, data of one byte for stream 5, which nobody has opened. */
    private static final String STRAY_FRAME = "0102010005000000" + "78";

    @Test
    void aSessionsDroppedFramesAreInTheProcessCounters() {
        ProcessCounters counters = ProcessCounters.ofClient();
        assertThat(counters.snapshot().join().dropped()).isEmpty();
        LoopCounters first = counters.onLoop(Runnable::run);
        LoopCounters second = counters.onLoop(Runnable::run);
        EmbeddedChannel channel = new EmbeddedChannel(SmuxSessionHandler.client(
                SmuxConfig.defaults(), SmuxSessionListener.both(SmuxSessionListener.NONE, first)));
        for (int i = 0; i < 3; i++) {
            channel.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(STRAY_FRAME)));
        }
        channel.finishAndReleaseAll();
        assertThat(counters.snapshot().join().dropped()).isEqualTo("frames {unknown_stream:3}");
        second.packetDropped(DropReason.TOO_SHORT, new InetSocketAddress(1));
        assertThat(counters.snapshot().join().dropped())
                .isEqualTo("datagrams {too_short:1}, frames {unknown_stream:3}");
    }

    @Test
    void sumsAreByReason() {
        DropCounts one = new DropCounts();
        DropCounts two = new DropCounts();
        for (DropReason reason : DropReason.values()) {
            one.count(reason);
        }
        for (SmuxDropReason reason : SmuxDropReason.values()) {
            two.count(reason);
        }
        two.count(SmuxDropReason.STREAM_REFUSED);
        two.count(DropReason.CLOSED);
        one.add(two);
        assertThat(one.of(DropReason.CLOSED)).isEqualTo(2);
        assertThat(one.of(DropReason.TOO_SHORT)).isEqualTo(1);
        assertThat(one.of(SmuxDropReason.STREAM_REFUSED)).isEqualTo(2);
        assertThat(one.of(SmuxDropReason.STALE_UPDATE)).isEqualTo(1);
        assertThat(two.of(DropReason.TOO_SHORT)).isZero();
    }
}
