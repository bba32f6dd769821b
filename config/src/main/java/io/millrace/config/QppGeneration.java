package io.millrace.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which kcptun has made its permutation pads; each understands itself only. spec: tunnel 6.6
 */
public enum QppGeneration {
    /** kcptun from July 2024 to 17 December 2025. */
    A,
    /** kcptun from 18 to 21 December 2025. */
    B,
    /** kcptun since 22 December 2025. */
    C;

    static @Nullable QppGeneration named(String name) {
        for (QppGeneration generation : values()) {
            if (generation.name().equals(name)) {
                return generation;
            }
        }
        return null;
    }

    static List<String> names() {
        return Arrays.stream(values()).map(QppGeneration::name).toList();
    }
}
