package io.millrace.systemtests;

import io.millrace.testkit.Payload;
import io.netty.buffer.ByteBuf;

/**
 * What client and server of one connection send each other at the same time, and check byte by byte and by SHA-256.
 *
 * @param seed of both payloads
 * @param upBytes from the client to the server
 * @param downBytes from the server to the client
 * @param writeBytes what each of them writes and flushes at a time
 */
record Exchange(long seed, long upBytes, long downBytes, int writeBytes) {
    static final int HEADER_BYTES = 28;

    Payload up() {
        return new Payload(seed, upBytes);
    }

    Payload down() {
        return new Payload(~seed, downBytes);
    }

    void encode(ByteBuf to) {
        to.writeLong(seed).writeLong(upBytes).writeLong(downBytes).writeInt(writeBytes);
    }

    static Exchange decode(ByteBuf from) {
        return new Exchange(from.readLong(), from.readLong(), from.readLong(), from.readInt());
    }
}
