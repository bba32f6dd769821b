package io.millrace.faketcp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** Packets in hexadecimal, made by a program of its own from the RFCs. */
final class Bytes {
    /** From 10.9.0.1:40000 to 10.9.0.2:29900, as {@link SegmentFlow} writes it; DSCP 46, the payload "datagram!". */
    static final String IPV4 = "45b8000000004000400600000a0900010a0900029c4074cc11223344556677888018ffffae8d0000"
            + "0101080acafe000101020304646174616772616d21";

    /** From [fd09::1]:29900 to [fd09::2]:40001, DSCP 46, the payload 0..15. */
    static final String IPV6 = "6b80000000300640fd090000000000000000000000000001fd090000000000000000000000000002"
            + "74cc9c41fffffff0000000018018ffff334a00000101080a0000000500000000000102030405060708090a0b0c0d0e0f";

    /** The kernel of 10.9.0.2:29900 answers the SYN of 10.9.0.1:40000: MSS, SACK, timestamps, window scale. */
    static final String SYN_ACK = "4500003c00004000400600000a0900020a09000174cc9c405566778711223344a012faf0127d0000"
            + "020405b40402080a010203040000000701030307";

    /** A kcptun of 2021 at 10.9.0.2:29900 sends "answer" to 10.9.0.1:40000: no options, random window. */
    static final String ANSWER_2021 =
            "4500002e00004000400600000a0900020a09000174cc9c40556677881122334d50188123bdcb0000616e73776572";

    static final byte[] IPV4_CLIENT = {10, 9, 0, 1};
    static final byte[] IPV4_SERVER = {10, 9, 0, 2};

    private Bytes() {}

    static ByteBuf of(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }

    static String hex(ByteBuf buffer) {
        return ByteBufUtil.hexDump(buffer);
    }
}
