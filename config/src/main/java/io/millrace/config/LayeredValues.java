package io.millrace.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The value of each setting after all layers: default, {@code KCPTUN_KEY}, flags, JSON file, mode profile; a later layer
 * wins.
 *
 * <p>spec: tunnel 1.4
 */
final class LayeredValues {

    static final String KEY_VARIABLE = "KCPTUN_KEY";

    private final Side side;
    private final Map<Setting, SettingValue> values = new EnumMap<>(Setting.class);
    private final List<String> warnings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private LayeredValues(Side side) {
        this.side = side;
        for (Setting setting : Setting.values()) {
            if (setting.isFor(side)) {
                String place = "setting " + setting.spec().name() + " (default)";
                values.put(
                        setting, new SettingValue(setting.spec().defaultFor(side), SettingValue.Origin.DEFAULT, place));
            }
        }
    }

    /** Stacks the layers; reads the JSON file if the flags name one. */
    static LayeredValues stack(Side side, GoFlags flags, Map<String, String> environment) {
        LayeredValues layers = new LayeredValues(side);
        String key = environment.get(KEY_VARIABLE);
        if (key != null) {
            layers.values.put(
                    Setting.KEY,
                    new SettingValue(key, SettingValue.Origin.ENVIRONMENT, "environment variable " + KEY_VARIABLE));
        }
        layers.values.putAll(flags.values());
        String file = layers.text(Setting.CONFIG_FILE);
        if (!file.isEmpty()) {
            JsonConfig json = JsonConfig.read(side, file);
            layers.warnings.addAll(json.warnings());
            layers.notes.addAll(json.notes());
            json.values().forEach((setting, value) -> layers.override(setting, value));
        }
        return layers;
    }

    /** A file wins over flags, which may surprise. */
    private void override(Setting setting, SettingValue value) {
        SettingValue before = get(setting);
        if (before.origin() == SettingValue.Origin.FLAG && !before.value().equals(value.value())) {
            String kept = setting.spec().secret() ? "" : " to " + SettingValue.show(value.value());
            warnings.add(before.place() + ": overridden" + kept + " by " + value.place() + " (a file wins over flags)");
        }
        values.put(setting, value);
    }

    Side side() {
        return side;
    }

    /** What the layers themselves gave reason to warn of. */
    List<String> warnings() {
        return warnings;
    }

    /** What only explains. */
    List<String> notes() {
        return notes;
    }

    /** The last layer: what a named mode says about its four settings. */
    void applyProfile(Mode mode) {
        if (mode != Mode.MANUAL) {
            mode.profile().forEach((setting, value) -> {
                String place = "mode " + mode.configName();
                values.put(setting, new SettingValue((long) value, SettingValue.Origin.MODE, place));
            });
        }
    }

    /** Puts the value that is really used in the place of one that is not possible. */
    void adjust(Setting setting, long value) {
        values.put(setting, get(setting).withValue(value));
    }

    /** Gives a setting the value that another one implies, and its origin. */
    void imply(Setting from, Setting setting, Object value) {
        values.put(setting, get(from).withValue(value));
    }

    SettingValue get(Setting setting) {
        SettingValue value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException(setting + " is not a setting of the " + side);
        }
        return value;
    }

    String text(Setting setting) {
        return (String) get(setting).value();
    }

    boolean flag(Setting setting) {
        return (Boolean) get(setting).value();
    }

    /** The integer, which must have been checked to fit. */
    int integer(Setting setting) {
        return Math.toIntExact((Long) get(setting).value());
    }
}
