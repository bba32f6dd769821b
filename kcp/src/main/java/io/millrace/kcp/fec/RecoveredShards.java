package io.millrace.kcp.fec;

/** Where a decoder puts the packets it brought back. */
@FunctionalInterface
public interface RecoveredShards {
    /**
     * Takes the KCP bytes of a lost packet. They are valid during the call only.
     *
     * @param offset where they start in {@code bytes}
     * @param length how many, 0..1498; may be anything if the peer is hostile
     */
    void accept(byte[] bytes, int offset, int length);
}
