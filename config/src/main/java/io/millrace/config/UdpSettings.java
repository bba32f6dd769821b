package io.millrace.config;

/**
 * Settings of the sockets that packets travel through.
 *
 * @param dscp differentiated services code point, 0..63, not yet shifted
 * @param socketBufferBytes SO_RCVBUF and SO_SNDBUF to ask the system for, at least 1
 * @param tcp whether packets are disguised as TCP; a server then takes both kinds
 */
public record UdpSettings(int dscp, int socketBufferBytes, boolean tcp) {}
