package io.millrace.config;

import java.util.EnumMap;
import java.util.Map;

/**
 * Mode profiles: the four KCP timing values a name stands for. A profile overrides whatever flags and JSON say about them;
 * {@link #MANUAL} leaves them alone.
 *
 * <p>spec: tunnel 1.6
 */
public enum Mode implements Named {
    NORMAL("normal", 0, 40, 2, 1),
    FAST("fast", 0, 30, 2, 1),
    FAST2("fast2", 1, 20, 2, 1),
    FAST3("fast3", 1, 10, 2, 1),
    /** No profile: nodelay, interval, resend and nc as given, or 0, 50, 0, 0. */
    MANUAL("manual", 0, 50, 0, 0);

    private final String configName;
    private final int nodelay;
    private final int intervalMs;
    private final int resend;
    private final int nc;

    Mode(String configName, int nodelay, int intervalMs, int resend, int nc) {
        this.configName = configName;
        this.nodelay = nodelay;
        this.intervalMs = intervalMs;
        this.resend = resend;
        this.nc = nc;
    }

    @Override
    public String configName() {
        return configName;
    }

    /** The values of the four settings, in the order of the help text. */
    Map<Setting, Integer> profile() {
        Map<Setting, Integer> profile = new EnumMap<>(Setting.class);
        profile.put(Setting.NODELAY, nodelay);
        profile.put(Setting.INTERVAL, intervalMs);
        profile.put(Setting.RESEND, resend);
        profile.put(Setting.NC, nc);
        return profile;
    }
}
