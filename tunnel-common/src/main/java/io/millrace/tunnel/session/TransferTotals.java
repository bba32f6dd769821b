package io.millrace.tunnel.session;

import io.millrace.kcp.KcpChannel;
import io.millrace.kcp.arq.KcpStats;
import io.millrace.kcp.fec.FecDecoder;
import io.millrace.kcp.session.KcpSession;
import io.millrace.kcp.session.SessionStats;
import java.util.Locale;

/** A session's counters in one line for the log. */
final class TransferTotals {
    private TransferTotals() {}

    static String of(KcpChannel channel) {
        KcpSession session = channel.session();
        KcpStats kcp = session.kcp().stats();
        SessionStats packets = session.stats();
        FecDecoder fec = session.fecDecoder();
        return "sent " + bytes(kcp.bytesSent) + " in " + packets.outPkts + " packets of " + bytes(packets.outBytes)
                + " (" + kcp.retransSegs() + " retransmissions: " + kcp.fastRetransSegs + " fast, "
                + kcp.earlyRetransSegs + " early, " + kcp.lostSegs + " timeout; " + packets.parityPktsSent + " parity)"
                + ", received " + bytes(kcp.bytesReceived) + " in " + packets.inPkts + " packets of "
                + bytes(packets.inBytes) + " (" + kcp.repeatSegs + " repeated, "
                + (fec == null ? 0 : fec.fecRecovered()) + " recovered by FEC), rtt "
                + session.kcp().srttMs() + " ms";
    }

    static String bytes(long bytes) {
        if (bytes < 1_000_000) {
            return bytes + " B";
        }
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
}
