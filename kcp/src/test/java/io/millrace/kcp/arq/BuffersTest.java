package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** SendBuffer and ReceiveBuffer against slow models. */
class BuffersTest {
    private final SegmentPool pool = new SegmentPool(100_000);

    @Provide
    Arbitrary<Integer> firstSns() {
        return Arbitraries.of(0, 5, 0x7fff_ffff - 20, 0x8000_0000, -20, -1);
    }

    /** What a receiver holds, by number; a queue of byte arrays for what is in order. */
    private static final class SlowReceiver {
        final int window;
        final Map<Integer, byte[]> held = new HashMap<>();
        final List<byte[]> inOrder = new ArrayList<>();
        int next;
        int firstRead;

        SlowReceiver(int next, int window) {
            this.next = next;
            this.window = window;
        }

        boolean store(int sn, byte[] payload) {
            if (sn - next < 0 || held.containsKey(sn)) {
                return false;
            }
            held.put(sn, payload);
            advance();
            return true;
        }

        void advance() {
            while (inOrder.size() < window && held.containsKey(next)) {
                byte[] payload = held.remove(next++);
                if (payload != null && payload.length > 0) {
                    inOrder.add(payload);
                }
            }
        }

        byte[] read(int room) {
            ByteBuf out = Unpooled.buffer();
            while (room > 0 && !inOrder.isEmpty()) {
                byte[] first = inOrder.get(0);
                int bytes = Math.min(room, first.length - firstRead);
                out.writeBytes(first, firstRead, bytes);
                room -= bytes;
                firstRead += bytes;
                if (firstRead == first.length) {
                    inOrder.remove(0);
                    firstRead = 0;
                }
            }
            advance();
            return bytes(out);
        }
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        buffer.release();
        return bytes;
    }

    @Property(tries = 500)
    void receiveBufferAgreesWithASlowModel(
            @ForAll("firstSns") int firstSn, @ForAll @IntRange(min = 1, max = 40) int window, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ReceiveBuffer buffer = new ReceiveBuffer(pool, firstSn, window);
        SlowReceiver model = new SlowReceiver(firstSn, window);
        int spareBefore = pool.spareSegments();
        for (int step = 0; step < 200; step++) {
            if (random.nextInt(4) != 0) {
                int sn = model.next + random.nextInt(-3, window + 3);
                boolean inWindow = sn - (model.next + window) < 0;
                assertThat(buffer.belowWindowEnd(sn)).isEqualTo(inWindow);
                if (inWindow) {
                    byte[] payload = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(1, 9)];
                    random.nextBytes(payload);
                    byte[] packet = new byte[payload.length + 7];
                    System.arraycopy(payload, 0, packet, 5, payload.length);
                    assertThat(buffer.store(sn, packet, 5, payload.length)).isEqualTo(model.store(sn, payload));
                }
            } else {
                int room = random.nextInt(30);
                ByteBuf target = Unpooled.buffer(room, room);
                boolean wasFull = model.inOrder.size() >= window;
                byte[] expected = model.read(room);
                boolean reopened = buffer.read(target);
                assertThat(bytes(target)).isEqualTo(expected);
                assertThat(reopened).isEqualTo(wasFull && model.inOrder.size() < window);
            }
            assertThat(buffer.next()).isEqualTo(model.next);
            assertThat(buffer.queuedSegments()).isEqualTo(model.inOrder.size());
            assertThat(buffer.outOfOrderSegments()).isEqualTo(model.held.size());
            assertThat(buffer.advertisedWindow()).isEqualTo(Math.max(0, window - model.inOrder.size()));
            int readable = model.inOrder.stream().mapToInt(b -> b.length).sum() - model.firstRead;
            assertThat(buffer.readableBytes()).isEqualTo(readable);
        }
        int held = buffer.queuedSegments() + buffer.outOfOrderSegments();
        int spare = pool.spareSegments();
        buffer.releaseAll();
        assertThat(pool.spareSegments()).isEqualTo(spare + held).isGreaterThanOrEqualTo(spareBefore);
        assertThat(buffer.readableBytes()).isZero();
    }

    @Property(tries = 500)
    void sendBufferAgreesWithASlowModel(@ForAll("firstSns") int firstSn, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SendBuffer buffer = new SendBuffer(pool, firstSn);
        // Distance from firstSn to whether it was acknowledged.
        TreeMap<Integer, Boolean> numbered = new TreeMap<>();
        int queued = 0;
        int una = 0;
        int next = 0;
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    buffer.queue().add(pool.acquire());
                    queued++;
                }
                case 1 -> {
                    Segment segment = buffer.numberNext();
                    assertThat(segment != null).isEqualTo(queued > 0);
                    if (segment != null) {
                        assertThat(segment.sn).isEqualTo(firstSn + next);
                        numbered.put(next++, false);
                        queued--;
                    }
                }
                case 2 -> {
                    int distance = una + random.nextInt(-2, 12);
                    Segment segment = buffer.get(firstSn + distance);
                    assertThat(buffer.contains(firstSn + distance)).isEqualTo(numbered.containsKey(distance));
                    assertThat(segment != null).isEqualTo(numbered.containsKey(distance));
                    if (segment != null && !segment.acked) {
                        buffer.markAcked(segment);
                        numbered.put(distance, true);
                    }
                }
                default -> {
                    int to = una + random.nextInt(-2, 6);
                    while (una < to && una < next) {
                        Segment first = buffer.firstBelow(firstSn + to);
                        assertThat(first).isNotNull();
                        if (first != null && !first.acked) {
                            buffer.markAcked(first);
                        }
                        buffer.dropFirst();
                        numbered.remove(una++);
                    }
                    assertThat(buffer.firstBelow(firstSn + Math.min(to, next))).isNull();
                }
            }
            assertThat(buffer.una()).isEqualTo(firstSn + una);
            assertThat(buffer.next()).isEqualTo(firstSn + next);
            assertThat(buffer.numberedSegments()).isEqualTo(numbered.size());
            assertThat(buffer.queuedSegments()).isEqualTo(queued);
            List<Integer> inFlight = new ArrayList<>();
            Segment last = null;
            for (Segment s = buffer.firstInFlight(); s != null; s = s.next) {
                assertThat(s.prev).isSameAs(last);
                inFlight.add(s.sn - firstSn);
                last = s;
            }
            List<Integer> expected = new ArrayList<>();
            numbered.forEach((distance, acked) -> {
                if (!acked) {
                    expected.add(distance);
                }
            });
            assertThat(inFlight).isEqualTo(expected);
        }
        int spare = pool.spareSegments();
        buffer.releaseAll();
        assertThat(pool.spareSegments()).isEqualTo(spare + queued + numbered.size());
    }

    @Test
    void dataNeverReceivedIsNotDelivered() {
        ReceiveBuffer buffer = new ReceiveBuffer(pool, 0, 8);
        buffer.store(1, new byte[] {1}, 0, 1);
        assertThat(buffer.hasDelivered()).isFalse();
        buffer.store(0, new byte[0], 0, 0);
        assertThat(buffer.hasDelivered()).isTrue();
        assertThat(buffer.readableBytes()).isEqualTo(1);
    }
}
