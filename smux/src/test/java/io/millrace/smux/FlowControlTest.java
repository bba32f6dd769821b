package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.smux.core.FrameHeader;
import io.millrace.smux.core.SendWindow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The window of a stream, the budget of the session, and read demand. spec: smux 6, 7 */
@SuppressWarnings("FutureReturnValueIgnored")
class FlowControlTest {
    private static final long TWO_31 = 1L << 31;
    private static final long TWO_32 = 1L << 32;

    private static long dataBytes(List<Endpoint.Frame> frames) {
        return frames.stream()
                .filter(f -> f.command() == FrameHeader.PSH)
                .mapToLong(f -> f.data().length)
                .sum();
    }

    @Test
    void sendsExactlyTheFirstWindowWithoutUpdate() {
        Endpoint client = Endpoint.client(2);
        SmuxStreamChannel stream = client.open().stream();
        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[400_000]));
        List<Endpoint.Frame> frames = client.sent(FrameHeader.PSH);
        assertThat(frames).hasSize(8).allSatisfy(f -> assertThat(f.data()).hasSize(32768));
        assertThat(stream.isWritable()).isFalse();
        client.upd(3, 100_000, 262144);
        assertThat(dataBytes(client.sent()))
                .as("whole frames; the sliver waits")
                .isEqualTo(3 * 32768);
        client.upd(3, 262144, 262144);
        assertThat(dataBytes(client.sent())).isEqualTo(400_000 - 262_144 - 3 * 32768);
        assertThat(stream.isWritable()).isTrue();
        client.finish();
    }

    @Test
    void theFirstWindowIsUsedWholeWithAnyFrameSize() {
        Endpoint client =
                Endpoint.client(Endpoint.config(2).maxFrameBytes(65535).build());
        client.open().stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[400_000]));
        assertThat(dataBytes(client.sent())).isEqualTo(262144);
        client.finish();
    }

    @Test
    void version1HasNoWindowAndIgnoresTheAmount() {
        Endpoint client = Endpoint.client(1);
        client.open().stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000_000]));
        assertThat(dataBytes(client.sent())).isEqualTo(1_000_000);
        client.finish();
    }

    @Test
    void aLargeWindowIsLiftedByTheFirstConsumption() {
        SmuxConfig config = Endpoint.config(2).maxStreamBufferBytes(2 << 20).build();
        Pair pair = new Pair(config);
        Recorder stream = pair.client.open();
        byte[] data = Endpoint.bytes(10_000_000);
        stream.stream().writeAndFlush(Unpooled.wrappedBuffer(data));
        pair.exchange();
        assertThat(pair.server.accepted.get(0).bytes.toByteArray()).isEqualTo(data);
        pair.finish();
    }

    @Test
    void updatesFollowConsumptionNotArrival() {
        Endpoint server =
                Endpoint.server(Endpoint.config(2).maxStreamBufferBytes(65536).build());
        server.acceptedAutoRead = false;
        server.syn(3);
        for (int i = 0; i < 4; i++) {
            server.psh(3, new byte[10_000]);
        }
        assertThat(server.sent()).as("nothing was read").isEmpty();
        SmuxStreamChannel stream = server.accepted.get(0).stream();
        stream.read();
        assertThat(server.sent()).singleElement().satisfies(f -> {
            assertThat(f.command()).isEqualTo(FrameHeader.UPD);
            assertThat(f.consumed()).isEqualTo(10_000);
            assertThat(f.window()).isEqualTo(65536);
        });
        stream.config().setAutoRead(true);
        assertThat(server.sent()).as("30000 more are less than half a window").isEmpty();
        server.psh(3, new byte[2768]);
        assertThat(server.sent()).singleElement().satisfies(f -> assertThat(f.consumed())
                .isEqualTo(42_768));
        server.finish();
    }

    @Test
    void noUpdateIsEverSentInVersion1() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        for (int i = 0; i < 20; i++) {
            server.psh(3, new byte[60_000]);
        }
        assertThat(server.sent()).isEmpty();
        server.finish();
    }

    @ParameterizedTest
    @ValueSource(longs = {TWO_31 - 300_000, TWO_32 - 300_000, TWO_32 - 1, 3 * TWO_32 - 500_000})
    void countersWrapWithoutNotice(long start) {
        Pair pair = new Pair(2);
        pair.client.session.startBytes(start);
        pair.server.session.startBytes(start);
        Recorder stream = pair.client.open();
        byte[] data = Endpoint.bytes(1_000_000);
        stream.stream().writeAndFlush(Unpooled.wrappedBuffer(data));
        pair.exchange();
        Recorder accepted = pair.server.accepted.get(0);
        assertThat(accepted.bytes.toByteArray()).isEqualTo(data);
        accepted.stream().writeAndFlush(Unpooled.wrappedBuffer(data));
        pair.exchange();
        assertThat(stream.bytes.toByteArray()).isEqualTo(data);
        assertThat(pair.server.log.reasons).isEmpty();
        pair.finish();
    }

    @Test
    void theBudgetStopsDecodingInTheMiddleOfTheInput() {
        Endpoint server = Endpoint.server(Endpoint.config(1)
                .maxReceiveBufferBytes(100_000)
                .maxStreamBufferBytes(1000)
                .build());
        server.acceptedAutoRead = false;
        server.syn(3);
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < 5; i++) {
            all.writeBytes(Endpoint.pshFrame(1, 3, new byte[65535]));
        }
        all.writeBytes(Endpoint.frame(1, FrameHeader.SYN, 5));
        server.receive(all);
        assertThat(server.session.budget().availableBytes()).isEqualTo(100_000 - 2 * 65535);
        assertThat(server.session.budget().queuedBytes()).isEqualTo(2 * 65535);
        assertThat(server.parent.config().isAutoRead()).isFalse();
        assertThat(server.accepted).as("control frames wait too").hasSize(1);

        SmuxStreamChannel stream = server.accepted.get(0).stream();
        stream.config().setAutoRead(true);
        server.run();
        assertThat(server.accepted.get(0).bytes.size()).isEqualTo(5 * 65535);
        assertThat(server.accepted).hasSize(2);
        assertThat(server.parent.config().isAutoRead()).isTrue();
        assertThat(server.session.budget().availableBytes()).isEqualTo(100_000);
        server.finish();
    }

    @Test
    void aFrameBegunIsReadToItsEndWithAnEmptyBudget() {
        Endpoint server = Endpoint.serverNotReading(1, 10);
        ByteBuf frame = Endpoint.pshFrame(1, 3, new byte[100]);
        server.receive(frame.readRetainedSlice(50));
        assertThat(server.session.budget().availableBytes()).isNegative();
        assertThat(server.parent.config().isAutoRead()).isTrue();
        server.receive(frame);
        assertThat(server.session.budget().queuedBytes()).isEqualTo(100);
        assertThat(server.parent.config().isAutoRead()).isFalse();
        server.finish();
    }

    @Test
    void closingAStreamReturnsItsTokensOnce() {
        Endpoint server = Endpoint.serverNotReading(1, 1000);
        server.psh(3, new byte[3000]);
        server.psh(3, new byte[3000]);
        assertThat(server.parent.config().isAutoRead()).isFalse();
        server.accepted.get(0).stream().close();
        server.run();
        assertThat(server.session.budget().availableBytes()).isEqualTo(1000);
        assertThat(server.parent.config().isAutoRead()).isTrue();
        assertThat(server.log.drops(SmuxDropReason.UNKNOWN_STREAM)).isEqualTo(1);
        assertThat(server.sent(FrameHeader.FIN)).hasSize(1);
        server.finish();
    }

    @Test
    void aReaderThatGivesUpLetsTheSessionReadOn() {
        Endpoint server = Endpoint.serverNotReading(1, 1000);
        server.psh(3, new byte[3000]);
        assertThat(server.parent.config().isAutoRead()).isFalse();
        server.accepted.get(0).stream().shutdownInput();
        server.run();
        assertThat(server.session.budget().availableBytes()).isEqualTo(1000);
        assertThat(server.parent.config().isAutoRead()).isTrue();
        server.finish();
    }

    @Test
    void aClosedStreamWhoseWritesWaitForWindowLetsTheSessionReadOn() {
        Endpoint server = Endpoint.serverNotReading(2, 1000);
        SmuxStreamChannel stream = server.accepted.get(0).stream();
        stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[SendWindow.INITIAL_BYTES + 1]));
        server.psh(3, new byte[3000]);
        assertThat(server.parent.config().isAutoRead()).isFalse();
        stream.close();
        server.run();
        assertThat(stream.isOpen()).as("still sends what was written").isTrue();
        assertThat(server.parent.config().isAutoRead()).isTrue();
        server.finish();
    }

    @Test
    void aSlowReaderStopsAllInVersion1() {
        Pair pair = new Pair(Endpoint.config(1)
                .maxReceiveBufferBytes(200_000)
                .maxStreamBufferBytes(1000)
                .build());
        pair.server.acceptedAutoRead = false;
        Recorder slow = pair.client.open();
        pair.exchange();
        pair.server.acceptedAutoRead = true;
        Recorder fast = pair.client.open();
        slow.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000_000]));
        pair.exchange();
        fast.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1000]));
        pair.exchange();
        assertThat(pair.server.accepted.get(1).bytes.size()).isZero();
        pair.server.accepted.get(0).stream().config().setAutoRead(true);
        pair.exchange();
        assertThat(pair.server.accepted.get(0).bytes.size()).isEqualTo(1_000_000);
        assertThat(pair.server.accepted.get(1).bytes.size()).isEqualTo(1000);
        pair.finish();
    }

    @Test
    void aSlowReaderStopsOnlyItselfInVersion2() {
        Pair pair = new Pair(2);
        pair.server.acceptedAutoRead = false;
        Recorder slow = pair.client.open();
        pair.exchange();
        pair.server.acceptedAutoRead = true;
        Recorder fast = pair.client.open();
        ChannelFuture written = slow.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000_000]));
        fast.stream().writeAndFlush(Unpooled.wrappedBuffer(new byte[3_000_000]));
        pair.exchange();
        assertThat(pair.server.accepted.get(1).bytes.size()).isEqualTo(3_000_000);
        assertThat(pair.server.session.budget().queuedBytes()).isEqualTo(262144);
        assertThat(written.isDone()).isFalse();
        pair.server.accepted.get(0).stream().config().setAutoRead(true);
        pair.exchange();
        assertThat(pair.server.accepted.get(0).bytes.size()).isEqualTo(1_000_000);
        assertThat(written.isSuccess()).isTrue();
        pair.finish();
    }

    @Test
    void anExplicitReadBringsOneBufferAndOneReadComplete() {
        Endpoint server = Endpoint.server(1);
        server.acceptedAutoRead = false;
        server.syn(3);
        server.psh(3, new byte[2000]);
        server.psh(3, new byte[2000]);
        Recorder stream = server.accepted.get(0);
        assertThat(stream.reads).isZero();
        stream.stream().read();
        server.run();
        assertThat(stream.reads).isEqualTo(1);
        assertThat(stream.readCompletes).isEqualTo(1);
        stream.stream().read();
        server.run();
        assertThat(stream.reads).isEqualTo(2);
        stream.stream().read();
        server.run();
        assertThat(stream.reads).isEqualTo(2);
        server.psh(3, new byte[2000]);
        assertThat(stream.reads).as("the demand was kept").isEqualTo(3);
        server.finish();
    }

    @Test
    void eachStreamGetsOneReadCompleteForABatch() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        server.syn(5);
        ByteBuf batch = Unpooled.buffer();
        for (int i = 0; i < 10; i++) {
            batch.writeBytes(Endpoint.pshFrame(1, 3 + 2 * (i % 2), new byte[3000]));
        }
        server.receive(batch);
        assertThat(server.accepted.get(0).bytes.size()).isEqualTo(15_000);
        assertThat(server.accepted.get(0).readCompletes).isEqualTo(1);
        assertThat(server.accepted.get(1).readCompletes).isEqualTo(1);
        server.finish();
    }

    @Property(tries = 60)
    void theBudgetAlwaysBalancesAndNoByteIsLost(@ForAll long seed) {
        Random random = new Random(seed);
        int version = 1 + random.nextInt(2);
        int buffer = 1000 + random.nextInt(300_000);
        Endpoint server = Endpoint.server(Endpoint.config(version)
                .maxReceiveBufferBytes(buffer)
                .maxStreamBufferBytes(1 + random.nextInt(buffer))
                .build());
        server.acceptedAutoRead = false;
        long[] sent = new long[8];
        boolean[] ended = new boolean[8];
        for (int i = 0; i < 8; i++) {
            server.syn(3 + 2 * i);
        }
        for (int step = 0; step < 150; step++) {
            int i = random.nextInt(8);
            int id = 3 + 2 * i;
            switch (random.nextInt(12)) {
                case 0 -> {
                    server.fin(id);
                    ended[i] = true;
                }
                case 1, 2 -> {
                    if (i < server.accepted.size()) {
                        server.accepted.get(i).stream().read();
                    }
                }
                case 3 -> {
                    if (i < server.accepted.size()) {
                        server.accepted.get(i).stream().config().setAutoRead(random.nextBoolean());
                    }
                }
                case 4 -> {
                    if (i < server.accepted.size() && random.nextInt(4) == 0) {
                        server.accepted.get(i).stream().close();
                    }
                }
                default -> {
                    int n = random.nextInt(random.nextInt(10) == 0 ? 20_000 : 600);
                    // Stay inside the window that version 2 always tolerates.
                    if (!ended[i] && sent[i] + n <= 262_144) {
                        server.psh(id, new byte[n]);
                        sent[i] += n;
                    }
                }
            }
            server.run();
            long queued = server.session.streams().stream()
                    .mapToLong(s -> s.inbound.queuedBytes())
                    .sum();
            assertThat(server.session.budget().queuedBytes()).isEqualTo(queued);
            assertThat(server.session.budget().availableBytes() + queued).isEqualTo(buffer);
            assertThat(queued).isLessThanOrEqualTo(buffer + 65534L);
            server.sent();
        }
        boolean[] closedEarly = new boolean[8];
        for (int i = 0; i < server.accepted.size(); i++) {
            closedEarly[i] = !server.accepted.get(i).stream().isOpen();
        }
        server.acceptedAutoRead = true;
        for (int i = 0; i < 8; i++) {
            for (Recorder recorder : server.accepted) {
                recorder.stream().config().setAutoRead(true);
            }
            server.run();
        }
        for (int i = 0; i < 8; i++) {
            if (!closedEarly[i]) {
                assertThat(server.accepted.get(i).bytes.size()).isEqualTo((int) sent[i]);
            }
        }
        assertThat(server.session.budget().queuedBytes()).isZero();
        assertThat(server.log.reasons).isEmpty();
        server.finish();
    }
}
