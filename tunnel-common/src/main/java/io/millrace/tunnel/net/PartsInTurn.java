package io.millrace.tunnel.net;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorChooserFactory.EventExecutorChooser;
import java.util.concurrent.atomic.AtomicLong;

/** Event loops in the order of the parts that are spread over them: 3 parts on loops A and B are A, B, A, A, B, A, ... */
final class PartsInTurn implements EventExecutorChooser {
    private final EventExecutor[] loops;
    private final int parts;
    private final AtomicLong next = new AtomicLong();

    PartsInTurn(EventExecutor[] loops, int parts) {
        this.loops = loops.clone();
        this.parts = parts;
    }

    @Override
    public EventExecutor next() {
        int part = (int) (next.getAndIncrement() % parts);
        return loops[part % loops.length];
    }
}
