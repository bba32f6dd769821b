package io.millrace.config;

/**
 * A value of a {@link Setting} and where it came from.
 *
 * @param value String, Long or Boolean, as the setting's type says, or a {@link PortTable} where the setting allows one
 * @param origin layer it was given in
 * @param place how messages name the place, e.g. {@code flag -mtu} or {@code client.json, line 3, key "mtu"}
 */
record SettingValue(Object value, Origin origin, String place) {

    /** Layers, weakest first. */
    enum Origin {
        DEFAULT,
        ENVIRONMENT,
        FLAG,
        FILE,
        /** The profile that a named mode stands for. */
        MODE
    }

    /** Whether the user gave this value. */
    boolean isExplicit() {
        return origin != Origin.DEFAULT && origin != Origin.MODE;
    }

    /** The same with another value, which ours was turned into. */
    SettingValue withValue(Object other) {
        return new SettingValue(other, origin, place);
    }

    /** How a message shows the value; secrets are the caller's concern. */
    static String show(Object value) {
        return value instanceof String text ? Echo.quoted(text) : value.toString();
    }
}
