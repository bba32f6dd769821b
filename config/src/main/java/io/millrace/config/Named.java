package io.millrace.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the few values that a setting can have, each with a name of its own; an enum implements it. */
interface Named {
    /** The name in flags and JSON; letter case counts, as upstream has it. */
    String configName();

    /** The value of that name, or null if there is none. */
    static <E extends Enum<E> & Named> @Nullable E of(Class<E> type, String name) {
        for (E value : type.getEnumConstants()) {
            if (value.configName().equals(name)) {
                return value;
            }
        }
        return null;
    }

    /** All names, in the order of the values. */
    static <E extends Enum<E> & Named> List<String> names(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Named::configName).toList();
    }
}
