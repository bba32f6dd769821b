package io.millrace.config;

/**
 * Settings of the UDP sockets.
 *
 * @param dscp differentiated services code point, 0..63, not yet shifted
 * @param socketBufferBytes SO_RCVBUF and SO_SNDBUF to ask the system for, at least 1
 */
public record UdpSettings(int dscp, int socketBufferBytes) {}
