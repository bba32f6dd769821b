package io.millrace.smux;

import java.util.Random;

/** Seeded randomness: {@code -Dmillrace.seed=N} repeats a run. */
final class Seeds {
    private static final long SEED = Long.getLong("millrace.seed", 20260307L);

    private Seeds() {}

    static Random random() {
        return new Random(SEED);
    }

    static String describe() {
        return "millrace.seed=" + SEED;
    }
}
