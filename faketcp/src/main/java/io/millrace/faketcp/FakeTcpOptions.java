package io.millrace.faketcp;

/**
 * Settings of the raw sockets.
 *
 * @param socketBufferBytes wished size of the kernel's send and receive buffers; 0 leaves its default
 * @param dscp differentiated services code point, 0..63
 * @param maxFlows most connections that one server socket keeps, at least 1
 */
public record FakeTcpOptions(int socketBufferBytes, int dscp, int maxFlows) {
    /** Checks the ranges. */
    public FakeTcpOptions {
        if (socketBufferBytes < 0) {
            throw new IllegalArgumentException("socketBufferBytes " + socketBufferBytes + ": not negative");
        }
        if (dscp < 0 || dscp > 63) {
            throw new IllegalArgumentException("dscp " + dscp + ": allowed are 0..63");
        }
        if (maxFlows < 1) {
            throw new IllegalArgumentException("maxFlows " + maxFlows + ": at least 1");
        }
    }
}
