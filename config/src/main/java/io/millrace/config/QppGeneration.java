package io.millrace.config;

/**
 * The ways in which kcptun has made its permutation pads; each understands itself only. spec: tunnel 6.6
 */
public enum QppGeneration implements Named {
    /** kcptun from July 2024 to 17 December 2025. */
    A,
    /** kcptun from 18 to 21 December 2025. */
    B,
    /** kcptun since 22 December 2025. */
    C;

    @Override
    public String configName() {
        return name();
    }
}
