package io.millrace.smux.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that wait to be read, in order. Large pieces are kept as slices; small ones, and those that would pin a much larger
 * buffer, are copied into a buffer of the queue's own, so that neither one-byte frames nor small slices of large buffers cost
 * many times their size. spec: smux 20 (tiny frames, pinning slices)
 */
public final class PayloadQueue {
    /** Pieces up to this size are copied and merged. */
    static final int MERGE_BYTES = 512;
    /** A slice may pin a buffer of at most this many times its size. */
    static final int MAX_PINNED_RATIO = 4;

    private static final int MIN_OWN_BYTES = 256;
    private static final int MAX_OWN_BYTES = 8192;

    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> buffers = new ArrayDeque<>(4);
    /** The last buffer, if it is the queue's own and may have room. */
    private @Nullable ByteBuf ownTail;

    private long queuedBytes;

    public PayloadQueue(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes {@code lengthBytes} from {@code in}, which stays the caller's. */
    public void add(ByteBuf in, int lengthBytes) {
        if (lengthBytes == 0) {
            return;
        }
        queuedBytes += lengthBytes;
        ByteBuf tail = ownTail;
        if (tail != null && lengthBytes <= tail.writableBytes()) {
            tail.writeBytes(in, lengthBytes);
        } else if (lengthBytes > MERGE_BYTES && (long) lengthBytes * MAX_PINNED_RATIO >= pinnedBytes(in)) {
            buffers.add(in.readRetainedSlice(lengthBytes));
            ownTail = null;
        } else {
            int capacity = (int) Math.max(MIN_OWN_BYTES, Math.min(MAX_OWN_BYTES, queuedBytes));
            capacity = Math.max(capacity, lengthBytes);
            ByteBuf own = allocator.buffer(capacity, capacity);
            own.writeBytes(in, lengthBytes);
            buffers.add(own);
            ownTail = own;
        }
    }

    /** Takes the first buffer out; it becomes the caller's. {@code null} when empty. */
    public @Nullable ByteBuf poll() {
        ByteBuf first = buffers.poll();
        if (first == null) {
            return null;
        }
        if (buffers.isEmpty()) {
            ownTail = null;
        }
        queuedBytes -= first.readableBytes();
        return first;
    }

    /** The first buffer, which stays the queue's; report what was read from it through {@link #consumed}. */
    public @Nullable ByteBuf peek() {
        return buffers.peek();
    }

    /** Bytes were read from the first buffer, which is released once it is empty. */
    public void consumed(int bytes) {
        queuedBytes -= bytes;
        ByteBuf first = buffers.peek();
        if (first != null && !first.isReadable()) {
            buffers.poll();
            if (buffers.isEmpty()) {
                ownTail = null;
            }
            first.release();
        }
    }

    /** Releases everything and returns how many bytes that were. */
    public long clear() {
        long released = queuedBytes;
        for (ByteBuf buffer = buffers.poll(); buffer != null; buffer = buffers.poll()) {
            buffer.release();
        }
        ownTail = null;
        queuedBytes = 0;
        return released;
    }

    public boolean isEmpty() {
        return queuedBytes == 0;
    }

    public long queuedBytes() {
        return queuedBytes;
    }

    /** Buffers held now. */
    public int bufferCount() {
        return buffers.size();
    }

    private static int pinnedBytes(ByteBuf buffer) {
        ByteBuf root = buffer;
        for (ByteBuf under = root.unwrap(); under != null; under = root.unwrap()) {
            root = under;
        }
        return root.capacity();
    }
}
