package io.millrace.tunnel.stats;

import io.millrace.kcp.CloseReason;
import io.millrace.kcp.DropReason;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpListener;
import io.millrace.smux.SmuxDropReason;
import io.millrace.smux.SmuxSessionHandler;
import io.millrace.smux.SmuxSessionListener;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The counters of one event loop: its living sessions, what the ended ones left, and what was dropped. Used on that loop
 * alone; to be told of its sockets' sessions and drops, and of those of smux.
 */
public final class LoopCounters implements KcpListener, SmuxSessionListener {
    private final ProcessCounters process;
    private final Set<KcpChannel> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private final long[] ended = new long[SnmpCounter.values().length];
    private final DropCounts dropped = new DropCounts();

    LoopCounters(ProcessCounters process) {
        this.process = process;
    }

    @Override
    public void sessionOpened(KcpChannel channel) {
        if (live.add(channel)) {
            process.onOpened();
        }
    }

    @Override
    public void sessionClosed(KcpChannel channel, CloseReason reason) {
        if (live.remove(channel)) {
            SnmpCounter.addClosed(channel.session(), ended);
            process.onClosed();
        }
    }

    @Override
    public void packetDropped(DropReason reason, InetSocketAddress sender) {
        dropped.count(reason);
    }

    @Override
    public void frameDropped(SmuxSessionHandler session, SmuxDropReason reason, int streamId) {
        dropped.count(reason);
    }

    /** Everything counted so far. */
    CounterSnapshot read() {
        long[] values = ended.clone();
        for (KcpChannel channel : live) {
            SnmpCounter.addLive(channel.session(), values);
        }
        return new CounterSnapshot(values, dropped)
                .with(SnmpCounter.IN_ERRS, dropped.of(DropReason.FOREIGN_SOURCE))
                .with(SnmpCounter.IN_CSUM_ERRORS, dropped.of(DropReason.BAD_CHECKSUM));
    }
}
