package io.millrace.tunnel.stats;

import io.millrace.kcp.CloseReason;
import io.millrace.kcp.DropReason;
import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.KcpListener;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The counters of one event loop: its living sessions, what the ended ones left, and what never reached a session. Used on
 * that loop alone.
 */
final class LoopCounters implements KcpListener {
    private final ProcessCounters process;
    private final Set<KcpChannel> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private final long[] ended = new long[SnmpCounter.values().length];
    private long foreignSource;
    private long badChecksum;

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
        if (reason == DropReason.BAD_CHECKSUM) {
            badChecksum++;
        } else if (reason == DropReason.FOREIGN_SOURCE) {
            foreignSource++;
        }
    }

    /** Everything counted so far, in an array of its own. */
    @SuppressWarnings("EnumOrdinal") // the array is in the enum's order
    long[] read() {
        long[] values = ended.clone();
        for (KcpChannel channel : live) {
            SnmpCounter.addLive(channel.session(), values);
        }
        values[SnmpCounter.IN_ERRS.ordinal()] = foreignSource;
        values[SnmpCounter.IN_CSUM_ERRORS.ordinal()] = badChecksum;
        return values;
    }
}
