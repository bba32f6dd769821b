package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.smux.core.FrameHeader;
import io.millrace.smux.core.SendShare;
import io.millrace.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Order, fairness and shape of what is sent. spec: smux 3.2, 10, 11, 21.3 */
@SuppressWarnings("FutureReturnValueIgnored")
class SendOrderTest {
    private static final Seeds SEEDS = Seeds.orDefault(20260307);

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Test
    void oneBulkStreamDoesNotHoldUpAnInteractiveOne() {
        Endpoint client = Endpoint.client(1);
        SlowTransport transport = client.slow();
        SmuxStreamChannel bulk = client.open().stream();
        SmuxStreamChannel interactive = client.open().stream();
        bulk.writeAndFlush(Unpooled.wrappedBuffer(new byte[8 << 20]));
        client.run();
        for (int round = 0; round < 20; round++) {
            interactive.writeAndFlush(text("key" + round));
            int waiting = transport.heldBytes;
            int ahead = 0;
            boolean arrived = false;
            while (!arrived) {
                transport.pass(8192);
                for (Endpoint.Frame frame : client.sent()) {
                    if (frame.id() == interactive.streamId()) {
                        arrived |= frame.command() == FrameHeader.PSH;
                    } else if (!arrived) {
                        ahead += frame.data().length;
                    }
                }
            }
            assertThat(ahead).as("what was in the transport, and one frame").isLessThanOrEqualTo(waiting + 2 * 32768);
        }
        client.finish();
    }

    @Test
    void bulkStreamsShareAStalledTransportEvenly() {
        Endpoint client = Endpoint.client(2);
        SlowTransport transport = client.slow();
        for (int i = 0; i < 5; i++) {
            client.open();
        }
        for (SmuxStreamChannel stream : client.session.streams()) {
            stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[250_000]));
        }
        client.run();
        int[] bytes = new int[5];
        for (int step = 0; step < 15; step++) {
            transport.pass(32768);
            for (Endpoint.Frame frame : client.sent(FrameHeader.PSH)) {
                bytes[(frame.id() - 3) / 2] += frame.data().length;
            }
        }
        for (int one : bytes) {
            assertThat(one).isBetween(bytes[0] - 32768, bytes[0] + 32768);
        }
        client.finish();
    }

    @Test
    void aFastSessionSendsARunOfEachStreamAndASlowOneChangesAfterEachFrame() {
        Endpoint client = Endpoint.client(Endpoint.config(1).maxFrameBytes(8192).build());
        SlowTransport transport = client.slow();
        for (int i = 0; i < 3; i++) {
            client.open().stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[32 << 20]));
        }
        client.run();
        transferMs(client, transport, 30, 1 << 20);
        assertThat(runs(transferMs(client, transport, 10, 1 << 20))).containsOnly(SendShare.MAX_BYTES / 8192);
        transferMs(client, transport, 100, 16 << 10);
        assertThat(runs(transferMs(client, transport, 10, 16 << 10))).containsOnly(1);
        client.finish();
    }

    /** Runs make several frames at once, so that their number may pass the bound without ever being it. */
    @Test
    void aFastSessionStillGivesTheEventLoopItsTurn() {
        Endpoint client = Endpoint.client(Endpoint.config(1).maxFrameBytes(8192).build());
        AtomicInteger turns = new AtomicInteger();
        client.parent.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1 << 30, 1 << 30)); // takes everything
        client.parent.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                turns.incrementAndGet();
                ctx.flush();
            }
        });
        SmuxStreamChannel stream = client.open().stream();
        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[8 << 20]));
        client.run();
        client.advanceMs(10);
        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[1 << 20])); // by now it is known to be fast
        client.run();
        client.sent();
        turns.set(0);
        client.session.openStream(new Recorder()); // its SYN is one more frame
        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[64 << 20]));
        client.run();
        assertThat(client.sent(FrameHeader.PSH)).hasSize((64 << 20) / 8192);
        assertThat(turns).hasValueGreaterThan(20);
        client.finish();
    }

    private static List<Endpoint.Frame> transferMs(Endpoint client, SlowTransport transport, int ms, int bytesPerMs) {
        client.sent();
        for (int i = 0; i < ms; i++) {
            client.advanceMs(1);
            for (int passed = 0; passed < bytesPerMs; passed += 16 << 10) {
                transport.pass(16 << 10);
                client.run();
            }
        }
        return client.sent(FrameHeader.PSH);
    }

    /** How many frames in a row are of one stream; without the first and the last run, which may be cut. */
    private static List<Integer> runs(List<Endpoint.Frame> frames) {
        List<Integer> runs = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            if (i > 0 && frames.get(i).id() == frames.get(i - 1).id()) {
                runs.set(runs.size() - 1, runs.get(runs.size() - 1) + 1);
            } else {
                runs.add(1);
            }
        }
        return runs.subList(1, runs.size() - 1);
    }

    @Test
    void aStalledTransportHoldsLittleAndTheStreamsTellTheirWriters() {
        Endpoint client = Endpoint.client(1);
        SlowTransport transport = client.slow();
        List<SmuxStreamChannel> streams = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            streams.add(client.open().stream());
            for (int j = 0; j < 4; j++) {
                streams.get(i).writeAndFlush(Unpooled.wrappedBuffer(new byte[32768]));
            }
        }
        client.run();
        assertThat(transport.heldBytes).isLessThan(SlowTransport.HIGH_BYTES + 2 * 32768);
        assertThat(streams).noneMatch(SmuxStreamChannel::isWritable);
        while (transport.heldBytes > 0) {
            transport.pass(65536);
            client.run();
        }
        assertThat(streams).allMatch(SmuxStreamChannel::isWritable);
        assertThat(client.sent(FrameHeader.PSH)).hasSize(40);
        client.finish();
    }

    @Test
    void frameSizesFollowTheLimit() {
        Endpoint client = Endpoint.client(Endpoint.config(1).maxFrameBytes(1000).build());
        SmuxStreamChannel stream = client.open().stream();
        byte[] data = Endpoint.bytes(3500);
        stream.writeAndFlush(Unpooled.wrappedBuffer(data));
        List<Endpoint.Frame> frames = client.sent(FrameHeader.PSH);
        assertThat(frames).extracting(f -> f.data().length).containsExactly(1000, 1000, 1000, 500);
        ByteBuf joined = Unpooled.buffer();
        frames.forEach(f -> joined.writeBytes(f.data()));
        assertThat(joined).isEqualTo(Unpooled.wrappedBuffer(data));
        client.finish();
    }

    @Test
    void theSmallestFrameLimitWorks() {
        SmuxConfig config = Endpoint.config(2).maxFrameBytes(1).build();
        Pair pair = new Pair(config);
        Recorder stream = pair.client.open();
        stream.stream().writeAndFlush(Unpooled.wrappedBuffer(Endpoint.bytes(2000)));
        pair.exchange();
        assertThat(pair.server.accepted.get(0).bytes.toByteArray()).isEqualTo(Endpoint.bytes(2000));
        pair.finish();
    }

    @Test
    void smallWritesShareAFrameAndAllSucceed() {
        Endpoint client = Endpoint.client(1);
        SmuxStreamChannel stream = client.open().stream();
        List<ChannelFuture> writes = new ArrayList<>();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            writes.add(stream.write(text("line " + i + ";")));
            expected.append("line ").append(i).append(';');
            if (i % 50 == 0) {
                writes.add(stream.write(Unpooled.EMPTY_BUFFER));
            }
        }
        stream.flush();
        List<Endpoint.Frame> frames = client.sent(FrameHeader.PSH);
        StringBuilder got = new StringBuilder();
        frames.forEach(f -> got.append(f.text()));
        assertThat(got.toString()).isEqualTo(expected.toString());
        assertThat(frames).hasSizeLessThan(20).noneMatch(f -> f.data().length == 0);
        assertThat(writes).allMatch(ChannelFuture::isSuccess);
        client.finish();
    }

    @Test
    void mixedSizesKeepTheirOrder() {
        Pair pair = new Pair(2);
        Recorder stream = pair.client.open();
        Random random = new Random(SEEDS.value());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 600; i++) {
            byte[] data = Pair.randomBytes(random, random.nextInt(i % 7 == 0 ? 70_000 : 600));
            all.writeBytes(data);
            stream.stream().write(Unpooled.wrappedBuffer(data));
            if (random.nextInt(5) == 0) {
                stream.stream().flush();
            }
            if (random.nextInt(20) == 0) {
                pair.exchange();
            }
        }
        stream.stream().flush();
        pair.exchange();
        assertThat(pair.server.accepted.get(0).bytes.toByteArray())
                .as(SEEDS.reproduce())
                .isEqualTo(all.toByteArray());
        pair.finish();
    }

    @Test
    void oneFlushForAllThatIsSentInATurn() {
        Endpoint client = Endpoint.client(1);
        SlowTransport transport = client.slow();
        SmuxStreamChannel first = client.open().stream();
        SmuxStreamChannel second = client.open().stream();
        int before = transport.flushes;
        for (int i = 0; i < 10; i++) {
            first.writeAndFlush(text("a"));
            second.writeAndFlush(text("b"));
        }
        client.run();
        assertThat(transport.flushes).isEqualTo(before + 1);
        transport.pass(1 << 20);
        client.finish();
    }

    @Test
    void anUpdateIsSentOnceWithTheNewestCounter() {
        Endpoint server =
                Endpoint.server(Endpoint.config(2).maxStreamBufferBytes(1000).build());
        SlowTransport transport = server.slow();
        server.syn(3);
        ByteBuf batch = Unpooled.buffer();
        for (int i = 0; i < 20; i++) {
            batch.writeBytes(Endpoint.pshFrame(2, 3, new byte[900]));
        }
        server.receive(batch);
        transport.pass(1 << 20);
        assertThat(server.sent()).singleElement().satisfies(f -> assertThat(f.consumed())
                .isEqualTo(18_000));
        server.finish();
    }

    @Test
    void theBufferOfAWriteIsReleasedWhenSent() {
        Endpoint client = Endpoint.client(1);
        SmuxStreamChannel stream = client.open().stream();
        ByteBuf small = client.allocator.buffer().writeBytes(new byte[100]);
        ByteBuf large = client.allocator.buffer().writeBytes(new byte[100_000]);
        stream.write(small);
        stream.writeAndFlush(large);
        client.sent();
        assertThat(small.refCnt()).isZero();
        assertThat(large.refCnt()).isZero();
        client.finish();
    }

    @Test
    void buffersOfPendingWritesAreReleasedWhenTheSessionEnds() {
        Endpoint client = Endpoint.client(2);
        client.slow();
        SmuxStreamChannel stream = client.open().stream();
        ByteBuf flushed = client.allocator.buffer().writeBytes(new byte[1_000_000]);
        ByteBuf unflushed = client.allocator.buffer().writeBytes(new byte[1000]);
        ChannelFuture first = stream.writeAndFlush(flushed);
        ChannelFuture second = stream.write(unflushed);
        client.run();
        client.parent.close();
        client.run();
        assertThat(first.cause()).isInstanceOf(SmuxSessionException.class);
        assertThat(second.cause()).isInstanceOf(SmuxSessionException.class);
        assertThat(flushed.refCnt()).isZero();
        assertThat(unflushed.refCnt()).isZero();
        client.finish();
    }

    @Test
    void onlyBytesCanBeWritten() {
        Endpoint client = Endpoint.client(1);
        ChannelFuture write = client.open().stream().writeAndFlush("text");
        assertThat(write.cause()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("String");
        client.finish();
    }
}
