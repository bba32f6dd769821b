package io.millrace.kcp;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer that runs a task at the earliest time asked for. A later time than the one set is not taken over: the task
 * then runs early, finds nothing due and asks again, which is cheaper than moving the timer with every packet.
 */
final class WakeUp {
    private final EventExecutor executor;
    private final Runnable task;
    private final Runnable fire = this::fire;
    private @Nullable ScheduledFuture<?> pending;
    private long pendingDueNs;

    WakeUp(EventExecutor executor, Runnable task) {
        this.executor = executor;
        this.task = task;
    }

    /** Makes sure that the task runs within {@code delayMs}; {@link Integer#MAX_VALUE} asks for nothing. */
    void within(int delayMs) {
        if (delayMs == Integer.MAX_VALUE) {
            return;
        }
        // At the beginning of a millisecond, where what is due in many sessions meets.
        long nowNs = SessionClock.nowNs(executor.ticker());
        long dueNs = TimeUnit.MILLISECONDS.toNanos(TimeUnit.NANOSECONDS.toMillis(nowNs) + delayMs);
        Future<?> present = pending;
        if (present != null) {
            if (dueNs - pendingDueNs >= 0) {
                return;
            }
            present.cancel(false);
        }
        pendingDueNs = dueNs;
        pending = executor.schedule(fire, Math.max(0, dueNs - nowNs), TimeUnit.NANOSECONDS);
    }

    void cancel() {
        Future<?> present = pending;
        if (present != null) {
            present.cancel(false);
            pending = null;
        }
    }

    private void fire() {
        pending = null;
        task.run();
    }
}
