package io.millrace.faketcp.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Any bytes from a raw socket are a segment or none; what is one lies inside the packet, and a flow can take it. */
class SegmentFuzzTest {
    private final ReceivedSegment segment = new ReceivedSegment();

    @FuzzTest(maxDuration = "2m")
    void anyPacket(byte[] bytes) {
        SegmentFlow flow = new SegmentFlow(Bytes.IPV4_CLIENT, 40_000, Bytes.IPV4_SERVER, 29_900, 0);
        ByteBuf packet = Unpooled.wrappedBuffer(bytes);
        if (segment.parseIpv4(packet) == null) {
            take(flow, bytes.length);
        }
        if (segment.parseIpv6(packet) == null) {
            take(flow, bytes.length);
        }
    }

    private void take(SegmentFlow flow, int length) {
        if (segment.payloadIndex() < 20
                || segment.payloadBytes() < 0
                || segment.payloadIndex() + segment.payloadBytes() > length) {
            throw new AssertionError(segment.payloadIndex() + " + " + segment.payloadBytes() + " of " + length);
        }
        boolean intact = flow.isIntact(segment);
        flow.onReceived(segment);
        ByteBuf out = Unpooled.buffer();
        flow.write(Unpooled.EMPTY_BUFFER, 0, 0, 1, out);
        if (out.readableBytes() != flow.headerBytes() || (intact && segment.payloadBytes() > length - 20)) {
            throw new AssertionError("wrote " + out.readableBytes());
        }
    }
}
