package io.millrace.tunnel.compression;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packing and unpacking a chunk allocates nothing but what Netty takes for a slice; no table, no array of its data. */
class CompressionAllocationTest {
    private static final int CHUNK_BYTES = 8192;
    /** The leak detection of the tests makes a record of each access. */
    private static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(true, true);

    /** Hands out one buffer again and again, so that what buffers cost is not measured. */
    private static final class OneBuffer extends AbstractByteBufAllocator {
        private final ByteBuf buffer = UNTRACKED.directBuffer(2 * CHUNK_BYTES);

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return buffer.clear().retain();
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return buffer.clear().retain();
        }

        @Override
        public boolean isDirectBufferPooled() {
            return true;
        }
    }

    private final OneBuffer allocator = new OneBuffer();
    private final ByteBuf wire = UNTRACKED.directBuffer(2 * CHUNK_BYTES);

    private long run(ChunkEncoder encoder, ChunkDecoder decoder, byte[] plain, int rounds) {
        CompressionScratch scratch = CompressionScratch.get();
        long unpackedBytes = 0;
        for (int i = 0; i < rounds; i++) {
            System.arraycopy(plain, 0, scratch.plain, 0, plain.length);
            ByteBuf chunk = encoder.encode(allocator, scratch, plain.length);
            wire.clear().writeBytes(chunk);
            chunk.release();
            while (wire.isReadable()) { // before the first chunk there are identifiers and headers
                ByteBuf data = decoder.nextChunk(allocator, wire);
                if (data != null) {
                    unpackedBytes += data.readableBytes();
                    data.release();
                }
            }
        }
        return unpackedBytes;
    }

    @ParameterizedTest
    @CsvSource({"snappy, 4", "snappy, 256", "lz4, 4", "lz4, 256"})
    void allocatesNextToNothing(String format, int variety) {
        byte[] plain = SnappyPropertyTest.data(1, CHUNK_BYTES, variety);
        if (variety == 256) {
            new Random(1).nextBytes(plain); // cannot be compressed
        }
        boolean lz4 = format.equals("lz4");
        ChunkEncoder encoder = lz4 ? new Lz4Encoder() : new SnappyEncoder();
        ChunkDecoder decoder = lz4 ? new Lz4Decoder() : new SnappyDecoder();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        run(encoder, decoder, plain, 3000);
        long before = threads.getThreadAllocatedBytes(self);
        long unpackedBytes = run(encoder, decoder, plain, 1000);
        long bytes = threads.getThreadAllocatedBytes(self) - before;
        assertThat(unpackedBytes).isEqualTo(1000L * CHUNK_BYTES);
        assertThat(bytes / 1000.0).as("bytes allocated per chunk").isLessThan(256);
        wire.release();
        allocator.buffer.release();
    }
}
