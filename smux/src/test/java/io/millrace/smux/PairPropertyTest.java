package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Random actions on both ends of a slow link that cuts the bytes anywhere: what arrives on a stream is a beginning of what was
 * written, all of it after an end in order, and both sessions stay sound.
 */
@SuppressWarnings("FutureReturnValueIgnored")
class PairPropertyTest {
    /** One direction of one stream. */
    private static final class Flow {
        final Random content;
        int written;
        boolean ended;

        Flow(long seed) {
            content = new Random(seed);
        }

        byte[] next(int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) content.nextInt();
            }
            written += length;
            return bytes;
        }

        static void check(long seed, byte[] got) {
            Random expected = new Random(seed);
            for (int i = 0; i < got.length; i++) {
                if (got[i] != (byte) expected.nextInt()) {
                    throw new AssertionError("byte " + i + " differs");
                }
            }
        }
    }

    private static final class Line {
        final Recorder client;
        final long upSeed;
        final long downSeed;
        final Flow up;
        final Flow down;
        /** Whether either end was closed, which may cut the other direction short. */
        boolean closed;

        Line(Recorder client, long seed) {
            this.client = client;
            upSeed = seed;
            downSeed = ~seed;
            up = new Flow(upSeed);
            down = new Flow(downSeed);
        }
    }

    @Property(tries = 40)
    void whatArrivesIsWhatWasWritten(@ForAll long seed) {
        Random random = new Random(seed);
        SmuxConfig config = Endpoint.config(1 + random.nextInt(2))
                .maxFrameBytes(random.nextBoolean() ? 50 + random.nextInt(500) : 1 + random.nextInt(65535))
                .maxReceiveBufferBytes(20_000 + random.nextInt(300_000))
                .maxStreamBufferBytes(500 + random.nextInt(19_000))
                .build();
        Pair pair = new Pair(config);
        SlowTransport up = pair.client.slow();
        SlowTransport down = pair.server.slow();
        List<Line> lines = new ArrayList<>();
        for (int step = 0; step < 250; step++) {
            if (lines.size() < 6 && random.nextInt(10) == 0) {
                lines.add(new Line(pair.client.open(), random.nextLong()));
            }
            if (!lines.isEmpty()) {
                int index = random.nextInt(lines.size());
                act(random, lines.get(index), accepted(pair, lines.get(index)));
            }
            if (random.nextInt(3) == 0) {
                up.pass(random.nextInt(50_000));
                down.pass(random.nextInt(50_000));
                transfer(random, pair.client, pair.server);
                transfer(random, pair.server, pair.client);
            }
            pair.client.run();
            pair.server.run();
        }
        for (int quiet = 0; quiet < 3; ) {
            for (Line line : lines) {
                line.client.stream().config().setAutoRead(true);
                line.client.stream().flush();
                Recorder server = accepted(pair, line);
                if (server != null) {
                    server.stream().config().setAutoRead(true);
                    server.stream().flush();
                }
            }
            up.pass(1 << 20);
            down.pass(1 << 20);
            boolean moved = transfer(random, pair.client, pair.server);
            moved |= transfer(random, pair.server, pair.client);
            quiet = moved ? 0 : quiet + 1;
        }
        assertThat(pair.client.log.reasons).isEmpty();
        assertThat(pair.server.log.reasons).isEmpty();
        for (Line line : lines) {
            Recorder server = accepted(pair, line);
            assertThat(server).isNotNull();
            byte[] atServer = server == null ? new byte[0] : server.bytes.toByteArray();
            byte[] atClient = line.client.bytes.toByteArray();
            Flow.check(line.upSeed, atServer);
            Flow.check(line.downSeed, atClient);
            if (!line.closed) {
                assertThat(atServer).hasSize(line.up.written);
                assertThat(atClient).hasSize(line.down.written);
                assertThat(line.client.isInactive()).isEqualTo(line.up.ended && line.down.ended);
            }
        }
        assertThat(pair.client.session.budget().queuedBytes()).isZero();
        assertThat(pair.server.session.budget().queuedBytes()).isZero();
        up.pass(1 << 20);
        down.pass(1 << 20);
        pair.finish();
    }

    private static @Nullable Recorder accepted(Pair pair, Line line) {
        int id = line.client.stream().streamId();
        for (Recorder recorder : pair.server.accepted) {
            if (recorder.stream().streamId() == id) {
                return recorder;
            }
        }
        return null;
    }

    private static void act(Random random, Line line, @Nullable Recorder server) {
        boolean atClient = server == null || random.nextBoolean();
        Recorder end = atClient || server == null ? line.client : server;
        Flow flow = atClient ? line.up : line.down;
        SmuxStreamChannel stream = end.stream();
        switch (random.nextInt(20)) {
            case 0 -> {
                stream.shutdownOutput();
                flow.ended = true;
            }
            case 1 -> {
                if (random.nextInt(4) == 0) {
                    stream.close();
                    line.closed = true;
                    flow.ended = true;
                }
            }
            case 2, 3 -> stream.config().setAutoRead(random.nextBoolean());
            case 4 -> stream.read();
            case 5 -> stream.flush();
            default -> {
                if (!flow.ended) {
                    byte[] data = flow.next(random.nextInt(random.nextInt(6) == 0 ? 40_000 : 700));
                    if (random.nextBoolean()) {
                        stream.write(Unpooled.wrappedBuffer(data));
                    } else {
                        stream.writeAndFlush(Unpooled.wrappedBuffer(data));
                    }
                }
            }
        }
    }

    /** Moves what was sent in pieces that have nothing to do with frames. */
    private static boolean transfer(Random random, Endpoint from, Endpoint to) {
        boolean moved = false;
        from.run();
        for (ByteBuf out = from.parent.readOutbound(); out != null; out = from.parent.readOutbound()) {
            moved |= out.isReadable();
            while (out.isReadable()) {
                int n = Math.min(out.readableBytes(), 1 + random.nextInt(5000));
                to.receive(out.readRetainedSlice(n));
            }
            out.release();
        }
        return moved;
    }
}
