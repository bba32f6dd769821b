package io.millrace.config;

/** Headings of the help text, in its order. */
enum SettingGroup {
    CONNECTION("Connection"),
    MODE("Performance mode"),
    MANUAL("Timing (only with mode manual; a named mode overrides them)"),
    WINDOWS("Packets and windows"),
    FEC("Forward error correction"),
    SMUX("Multiplexing (smux)"),
    QPP("Quantum permutation pad (QPP)"),
    LOGGING("Logging"),
    GENERAL("General");

    private final String heading;

    SettingGroup(String heading) {
        this.heading = heading;
    }

    String heading() {
        return heading;
    }
}
