package io.millrace.testkit;

import java.util.SplittableRandom;

/**
 * The one number a randomised test depends on, and independent sub-seeds made from it by name. The system property
 * {@value #PROPERTY} replaces a test's own default, which is how a failure is run again. Immutable.
 *
 * <pre>{@code
 * Seeds.run(42, seeds -> {
 *     SplittableRandom random = seeds.random("payload");
 *     ...
 * });
 * }</pre>
 */
public final class Seeds {
    /** The system property that overrides every default seed: a decimal or {@code 0x} hexadecimal number. */
    public static final String PROPERTY = "millrace.seed";

    private final long value;

    private Seeds(long value) {
        this.value = value;
    }

    /** The property's seed where it is set, else {@code defaultSeed}. */
    public static Seeds orDefault(long defaultSeed) {
        String text = System.getProperty(PROPERTY);
        if (text == null || text.isBlank()) {
            return new Seeds(defaultSeed);
        }
        try {
            return new Seeds(Long.decode(text.trim()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    PROPERTY + " is \"" + text + "\", must be a 64-bit number, decimal or 0x hexadecimal", e);
        }
    }

    /**
     * Runs a randomised test body. A failure is thrown on as it is, with the seed and how to use it added as a suppressed
     * exception (so that every report shows it) and printed on standard error.
     */
    public static void run(long defaultSeed, Body body) {
        Seeds seeds = orDefault(defaultSeed);
        try {
            body.run(seeds);
        } catch (Throwable failure) {
            String message = "seed " + seeds.value + "; run again with " + seeds.reproduce();
            System.err.println(message);
            failure.addSuppressed(new UsedSeed(message));
            throw Seeds.<RuntimeException>unchecked(failure);
        }
    }

    public long value() {
        return value;
    }

    /** A seed for one part of a test; different names give unrelated seeds. */
    public long derive(String name) {
        return derive(value, name);
    }

    /** A generator for one part of a test. */
    public SplittableRandom random(String name) {
        return new SplittableRandom(derive(name));
    }

    /** The seeds of one round or one of several equal parties. */
    public Seeds child(String name) {
        return new Seeds(derive(name));
    }

    /** The flag that repeats this run. */
    public String reproduce() {
        return "-D" + PROPERTY + "=" + value;
    }

    @Override
    public String toString() {
        return reproduce();
    }

    static long derive(long seed, String name) {
        long hash = 0xcbf29ce484222325L; // FNV-1a
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return new SplittableRandom(seed ^ hash).nextLong();
    }

    // The compiler takes the generic E for unchecked, so that any failure passes through unchanged.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E unchecked(Throwable failure) throws E {
        throw (E) failure;
    }

    /** A test body that uses seeds. */
    @FunctionalInterface
    public interface Body {
        void run(Seeds seeds) throws Exception;
    }

    private static final class UsedSeed extends RuntimeException {
        UsedSeed(String message) {
            super(message, null, false, false);
        }
    }
}
