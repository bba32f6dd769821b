package io.millrace.config;

/**
 * Settings of each KCP session; local to one end. The first four are what the mode profile says, if there is one.
 *
 * <p>spec: tunnel 1.6, 1.7
 *
 * @param nodelay 0 or more; 0 keeps the minimum RTO at 100 ms, any other value makes it 30 ms
 * @param intervalMs flush interval, 10..5000
 * @param resend duplicate acknowledgements that trigger a fast retransmit; 0 = off
 * @param nc 0 = KCP's congestion window is on, any other value = off
 * @param mtuBytes largest UDP payload, crypt and FEC headers included; at most 1500
 * @param sndWndPackets send window, 1..65535
 * @param rcvWndPackets receive window, 1..65535
 * @param ackNoDelay whether acknowledgements are flushed at once
 * @param irtoBackoff first timeouts are RTO x (1 + 2^-irtoBackoff), 1..16; 0 = the RTO
 * @param irtoThresholdPackets with fewer packets in flight the first timeout is the RTO
 * @param rateLimitBytesPerSecond most UDP payload sent in a second; 0 = no limit
 */
public record KcpSettings(
        int nodelay,
        int intervalMs,
        int resend,
        int nc,
        int mtuBytes,
        int sndWndPackets,
        int rcvWndPackets,
        boolean ackNoDelay,
        int irtoBackoff,
        int irtoThresholdPackets,
        int rateLimitBytesPerSecond) {}
