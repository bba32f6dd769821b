package io.millrace.faketcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Bounds and ages. spec: tunnel 7.5 */
class FlowTableTest {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("10.9.0.2", 29_900);

    private static Flow flow(int peerPort, long nowMs) {
        return new Flow(LOCAL, new InetSocketAddress("10.9.0.1", peerPort), 0, new EmbeddedChannel(), nowMs);
    }

    @Test
    void findsWhatItHas() {
        FlowTable table = new FlowTable(10);
        Flow first = flow(1, 0);
        Flow second = flow(2, 0);
        assertThat(table.add(first)).isTrue();
        assertThat(table.add(second)).isTrue();
        assertThat(table.find(first.peer.getAddress(), 1)).isSameAs(first);
        assertThat(table.find(first.peer.getAddress(), 2)).isSameAs(second);
        assertThat(table.find(new InetSocketAddress("10.9.0.1", 1))).isSameAs(first);
        assertThat(table.find(first.peer.getAddress(), 3)).isNull();
        assertThat(table.find(LOCAL.getAddress(), 1)).isNull();
        table.remove(first);
        assertThat(table.find(first.peer)).isNull();
        assertThat(table.find(first.peer.getAddress(), 1)).isNull();
        assertThat(table.clear()).containsExactly(second);
        assertThat(table.find(second.peer)).isNull();
    }

    @Test
    void takesNoMoreThanAllowed() {
        FlowTable table = new FlowTable(2);
        assertThat(table.add(flow(1, 0))).isTrue();
        assertThat(table.add(flow(2, 0))).isTrue();
        assertThat(table.add(flow(3, 0))).isFalse();
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.add(flow(2, 0))).as("in the place of an older one").isTrue();
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void aNewConnectionOfAPeerEndsItsOldOneAndOutlivesItsRemoval() {
        FlowTable table = new FlowTable(2);
        Flow older = flow(1, 0);
        Flow newer = flow(1, 0);
        table.add(older);
        assertThat(table.find(older.peer)).isSameAs(older);
        table.add(newer);
        assertThat(older.connection.isOpen()).isFalse();
        table.remove(older); // as its connection closes
        assertThat(table.find(older.peer)).isSameAs(newer);
    }

    @Test
    void silenceEndsAFlowSoonerIfItWasNeverUsed() {
        FlowTable table = new FlowTable(10);
        Flow unused = flow(1, 1000);
        Flow used = flow(2, 1000);
        used.used = true;
        table.add(unused);
        table.add(used);
        assertThat(table.expire(1000 + FlowTable.UNUSED_MS - 1)).isEmpty();
        assertThat(table.expire(1000 + FlowTable.UNUSED_MS)).containsExactly(unused);
        assertThat(table.expire(1000 + FlowTable.SILENCE_MS - 1)).isEmpty();
        used.lastHeardMs += 5;
        assertThat(table.expire(1000 + FlowTable.SILENCE_MS)).isEmpty();
        assertThat(table.expire(1005 + FlowTable.SILENCE_MS)).containsExactly(used);
        assertThat(table.size()).isZero();
    }
}
