package io.millrace.smux.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PayloadQueueTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

    private long usedBytes() {
        return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }

    @Test
    void mergesTinyPiecesSoThatMemoryStaysNearTheByteCount() {
        PayloadQueue queue = new PayloadQueue(allocator);
        ByteBuf source = allocator.buffer(1);
        for (int i = 0; i < 100_000; i++) {
            source.clear().writeByte(i);
            queue.add(source, 1);
        }
        source.release();
        assertThat(queue.queuedBytes()).isEqualTo(100_000);
        assertThat(queue.bufferCount()).isLessThan(30);
        assertThat(usedBytes()).isLessThan(2 * 100_000);
        assertThat(queue.clear()).isEqualTo(100_000);
        assertThat(usedBytes()).isZero();
    }

    @Test
    void copiesASmallPartOfALargeBufferAndSharesALargeOne() {
        PayloadQueue queue = new PayloadQueue(allocator);
        ByteBuf large = allocator.buffer(65536).writeZero(65536);
        queue.add(large, 600);
        large.release();
        assertThat(usedBytes()).as("the large buffer is free").isLessThan(2000);

        ByteBuf shared = allocator.buffer(65536).writeZero(65536);
        queue.add(shared, 40_000);
        shared.release();
        assertThat(shared.refCnt()).as("kept by its slice").isEqualTo(1);
        queue.clear();
        assertThat(usedBytes()).isZero();
    }

    @Property(tries = 200)
    void givesBytesBackInOrder(@ForAll long seed) {
        Random random = new Random(seed);
        UnpooledByteBufAllocator own = new UnpooledByteBufAllocator(false);
        PayloadQueue queue = new PayloadQueue(own);
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            if (random.nextInt(3) > 0) {
                byte[] piece = new byte[random.nextInt(4) == 0 ? random.nextInt(3000) : random.nextInt(40)];
                random.nextBytes(piece);
                ByteBuf source = own.buffer().writeBytes(piece);
                queue.add(source, piece.length);
                source.release();
                in.writeBytes(piece);
            } else if (random.nextBoolean()) {
                ByteBuf first = queue.poll();
                if (first != null) {
                    byte[] piece = new byte[first.readableBytes()];
                    first.readBytes(piece);
                    first.release();
                    out.writeBytes(piece);
                }
            } else {
                ByteBuf first = queue.peek();
                if (first != null) {
                    byte[] piece = new byte[1 + random.nextInt(first.readableBytes())];
                    first.readBytes(piece);
                    queue.consumed(piece.length);
                    out.writeBytes(piece);
                }
            }
            assertThat(queue.queuedBytes()).isEqualTo(in.size() - out.size());
            assertThat(queue.isEmpty()).isEqualTo(in.size() == out.size());
        }
        for (ByteBuf rest = queue.poll(); rest != null; rest = queue.poll()) {
            byte[] piece = new byte[rest.readableBytes()];
            rest.readBytes(piece);
            rest.release();
            out.writeBytes(piece);
        }
        assertThat(out.toByteArray()).isEqualTo(in.toByteArray());
        assertThat(own.metric().usedHeapMemory() + own.metric().usedDirectMemory())
                .isZero();
    }
}
