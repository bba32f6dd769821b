package io.millrace.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row of the {@link Setting} table.
 *
 * @param name long flag name, without dashes
 * @param aliases other flag names
 * @param jsonKey key in the JSON file, or null if there is none
 * @param type type of the values
 * @param side the only side that has it, or null for both
 * @param group heading in the help text
 * @param placeholder what stands for the value in the help text
 * @param clientDefault default on the client: String, Long or Boolean as {@code type} says
 * @param serverDefault default on the server
 * @param min least integer allowed
 * @param max greatest integer allowed
 * @param unit unit of an integer, or empty
 * @param mustMatch whether both ends need the same value
 * @param secret whether values must never be shown
 * @param writtenFile whether the value, if not empty, names a file that is written
 * @param portTable whether a file may give a {@link PortTable} instead
 * @param description one line for the help text
 * @param detail more about it for docs/configuration.md, a sentence or two; may be empty
 */
record SettingSpec(
        String name,
        List<String> aliases,
        @Nullable String jsonKey,
        Type type,
        @Nullable Side side,
        SettingGroup group,
        String placeholder,
        Object clientDefault,
        Object serverDefault,
        long min,
        long max,
        String unit,
        boolean mustMatch,
        boolean secret,
        boolean writtenFile,
        boolean portTable,
        String description,
        String detail) {

    /** Value types, with the words error messages use for them. */
    enum Type {
        TEXT("a string"),
        INTEGER("an integer"),
        BOOLEAN("true or false");

        private final String allowed;

        Type(String allowed) {
            this.allowed = allowed;
        }

        String allowed() {
            return allowed;
        }
    }

    Object defaultFor(Side side) {
        return side == Side.CLIENT ? clientDefault : serverDefault;
    }

    /** What an integer may be, e.g. {@code integer 1..1024 (sessions)}. */
    String allowedIntegers() {
        String range = min == Long.MIN_VALUE ? "an integer" : "an integer " + min + ".." + max;
        return unit.isEmpty() ? range : range + " (" + unit + ")";
    }

    static Builder text(String name) {
        return new Builder(name, Type.TEXT, "TEXT", "");
    }

    static Builder integer(String name) {
        return new Builder(name, Type.INTEGER, "N", 0L);
    }

    static Builder flag(String name) {
        return new Builder(name, Type.BOOLEAN, "", false);
    }

    /** Collects one row; used by the {@link Setting} constants only. */
    static final class Builder {
        private final String name;
        private final Type type;
        private final List<String> aliases = new ArrayList<>();
        private @Nullable String jsonKey;
        private @Nullable Side side;
        private @Nullable SettingGroup group;
        private String placeholder;
        private Object clientDefault;
        private Object serverDefault;
        private long min = Long.MIN_VALUE;
        private long max = Long.MAX_VALUE;
        private String unit = "";
        private boolean mustMatch;
        private boolean secret;
        private boolean writtenFile;
        private boolean portTable;
        private String description = "";
        private String detail = "";

        private Builder(String name, Type type, String placeholder, Object defaultValue) {
            this.name = name;
            this.type = type;
            this.jsonKey = name;
            this.placeholder = placeholder;
            this.clientDefault = defaultValue;
            this.serverDefault = defaultValue;
        }

        Builder alias(String alias) {
            aliases.add(alias);
            return this;
        }

        Builder jsonKey(String key) {
            jsonKey = key;
            return this;
        }

        Builder noJson() {
            jsonKey = null;
            return this;
        }

        Builder only(Side onlySide) {
            side = onlySide;
            return this;
        }

        Builder in(SettingGroup helpGroup) {
            group = helpGroup;
            return this;
        }

        Builder takes(String valuePlaceholder) {
            placeholder = valuePlaceholder;
            return this;
        }

        Builder byDefault(String value) {
            clientDefault = value;
            serverDefault = value;
            return this;
        }

        Builder byDefault(long value) {
            return byDefault(value, value);
        }

        Builder byDefault(long onClient, long onServer) {
            clientDefault = onClient;
            serverDefault = onServer;
            return this;
        }

        Builder range(long least, long greatest) {
            min = least;
            max = greatest;
            return this;
        }

        Builder unit(String name) {
            unit = name;
            return this;
        }

        Builder mustMatch() {
            mustMatch = true;
            return this;
        }

        Builder secret() {
            secret = true;
            return this;
        }

        Builder writtenFile() {
            placeholder = "FILE";
            writtenFile = true;
            return this;
        }

        Builder orPortTable() {
            portTable = true;
            return this;
        }

        Builder says(String text) {
            description = text;
            return this;
        }

        Builder detail(String text) {
            detail = text;
            return this;
        }

        SettingSpec build() {
            return new SettingSpec(
                    name,
                    List.copyOf(aliases),
                    jsonKey,
                    type,
                    side,
                    Objects.requireNonNull(group, name + " has no group"),
                    placeholder,
                    clientDefault,
                    serverDefault,
                    min,
                    max,
                    unit,
                    mustMatch,
                    secret,
                    writtenFile,
                    portTable,
                    description,
                    detail);
        }
    }
}
