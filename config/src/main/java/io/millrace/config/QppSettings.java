package io.millrace.config;

/**
 * The quantum permutation pad over each stream; all of it must be equal on both ends (spec: tunnel 6).
 *
 * @param enabled whether it is used at all
 * @param padCount number of pads, 1..65535
 * @param generation how the pads are made
 */
public record QppSettings(boolean enabled, int padCount, QppGeneration generation) {

    /** As the banner shows it. */
    String describe() {
        return enabled ? padCount + " pads, generation " + generation : "false";
    }
}
