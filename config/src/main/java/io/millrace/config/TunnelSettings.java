package io.millrace.config;

import java.util.Map;

/**
 * What client and server have in common.
 *
 * @param key the pre-shared secret; must be equal on both ends
 * @param crypt packet cipher; must be equal on both ends
 * @param qpp second cipher over each stream; must be equal on both ends
 * @param compression of the byte stream; a server goes by its clients unless it is strict
 * @param mode the profile the first values of {@code kcp} came from
 * @param kcp session timing, windows and mtu
 * @param fec error correction
 * @param smux multiplexing
 * @param udp socket options
 * @param relay the end of connections
 * @param log log file and detail
 * @param diagnostics counters and profiler
 */
public record TunnelSettings(
        PreSharedKey key,
        CryptName crypt,
        QppSettings qpp,
        Compression compression,
        Mode mode,
        KcpSettings kcp,
        FecSettings fec,
        SmuxSettings smux,
        UdpSettings udp,
        RelaySettings relay,
        LogSettings log,
        DiagnosticsSettings diagnostics) {

    /** Adds the banner lines of section 2.6 between the addresses and the settings of one side only. */
    void describe(Map<String, String> lines) {
        lines.put("key", key.toString());
        lines.put("encryption", crypt.configName());
        lines.put("QPP", qpp.describe());
        lines.put("mode", mode.configName());
        lines.put("nodelay parameters", kcp.nodelay() + " " + kcp.intervalMs() + " " + kcp.resend() + " " + kcp.nc());
        lines.put("sndwnd", Integer.toString(kcp.sndWndPackets()));
        lines.put("rcvwnd", Integer.toString(kcp.rcvWndPackets()));
        lines.put("compression", compression.configName());
        lines.put("mtu", Integer.toString(kcp.mtuBytes()));
        lines.put("ratelimit", Integer.toString(kcp.rateLimitBytesPerSecond()));
        lines.put("datashard", Integer.toString(fec.dataShards()));
        lines.put("parityshard", Integer.toString(fec.parityShards()));
        lines.put("acknodelay", Boolean.toString(kcp.ackNoDelay()));
        lines.put("irtobackoff", Integer.toString(kcp.irtoBackoff()));
        lines.put("irtobthresh", Integer.toString(kcp.irtoThresholdPackets()));
        lines.put("dscp", Integer.toString(udp.dscp()));
        lines.put("sockbuf", Integer.toString(udp.socketBufferBytes()));
        lines.put("tcp", Boolean.toString(udp.tcp()));
        lines.put("smuxbuf", Integer.toString(smux.sessionBufferBytes()));
        lines.put("framesize", Integer.toString(smux.frameSizeBytes()));
        lines.put("streambuf", Integer.toString(smux.streamBufferBytes()));
        lines.put("keepalive", Integer.toString(smux.keepAliveSeconds()));
        lines.put("closewait", Integer.toString(relay.closeWaitSeconds()));
        lines.put("log", log.file().orElse("stderr"));
        lines.put("quiet", Boolean.toString(log.quiet()));
        lines.put("snmplog", diagnostics.snmpLog().orElse("none"));
        lines.put("snmpperiod", Integer.toString(diagnostics.snmpPeriodSeconds()));
        lines.put("pprof", Boolean.toString(diagnostics.pprof()));
    }
}
