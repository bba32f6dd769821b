package io.millrace.testkit;

import java.util.concurrent.CompletableFuture;

/**
 * Runs a task that blocks on a thread of its own. (The common pool may have one thread for all of them, from JDK 25 on even where
 * it is all there is: two tasks that wait for each other would wait for ever.)
 */
public final class OwnThread {
    private OwnThread() {}

    /** What blocks, and may fail. */
    @FunctionalInterface
    public interface Task {
        void run() throws Exception;
    }

    /** Starts the task; the future ends with it, and fails with what it throws. */
    public static CompletableFuture<Void> run(Task task) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                        end.complete(null);
                    } catch (Throwable e) { // an AssertionError too is the future's
                        end.completeExceptionally(e);
                    }
                },
                "test-task");
        thread.setDaemon(true);
        thread.start();
        return end;
    }
}
