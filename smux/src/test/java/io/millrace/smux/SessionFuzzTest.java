package io.millrace.smux;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Any bytes from the peer: no exception escapes, the budget balances, nothing leaks. The first byte of an input chooses version
 * (bit 0), side (bit 1) and reading (bit 2), the second how the rest is cut. Seeds are in the test resources; each is replayed
 * in the normal run.
 */
class SessionFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void anyInputLeavesTheSessionSound(byte[] input) {
        if (input.length < 2) {
            return;
        }
        SmuxConfig config = Endpoint.config(1 + (input[0] & 1))
                .maxReceiveBufferBytes(5000)
                .maxStreamBufferBytes(1000)
                .limits(SmuxLimits.builder()
                        .maxPeerStreams(20)
                        .refusalRate(1, 10)
                        .build())
                .build();
        Endpoint end = (input[0] & 2) == 0 ? Endpoint.server(config) : Endpoint.client(config);
        end.acceptedAutoRead = (input[0] & 4) == 0;
        Recorder own = end.open();
        own.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[2000]));
        int piece = 1 + (input[1] & 0xff);
        ByteBuf rest = Unpooled.wrappedBuffer(input, 2, input.length - 2);
        while (rest.isReadable() && end.parent.isOpen()) {
            end.receive(rest.readRetainedSlice(Math.min(piece, rest.readableBytes())));
            check(end);
        }
        for (Recorder stream : end.accepted) {
            stream.stream().config().setAutoRead(true);
        }
        end.run();
        end.passMs(1000);
        check(end);
        end.parent.checkException();
        end.finish();
    }

    private static void check(Endpoint end) {
        long queued = end.session.streams().stream()
                .mapToLong(s -> s.inbound.queuedBytes())
                .sum();
        require(end.session.budget().queuedBytes() == queued, "budget and queues differ");
        require(
                end.session.budget().availableBytes() + queued
                        == end.session.budget().capacityBytes(),
                "budget does not balance");
        require(queued <= 5000 + 65534, "too much is queued");
        require(end.session.streamCount() <= 21, "too many streams");
        require(!end.session.isClosed() || !end.parent.isOpen(), "closed session over an open transport");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
