package io.millrace.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What {@code -check-config} prints: one line for each setting, with its value and where that came from. */
final class ConfigReport {

    private record Line(String name, String value, String source) {}

    private ConfigReport() {}

    /** The lines, in columns, in the order of the settings. */
    static String render(LayeredValues values) {
        List<Line> lines = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            boolean acts = setting.spec().jsonKey() == null && setting != Setting.CONFIG_FILE;
            if (setting.isFor(values.side()) && !acts) {
                SettingValue value = values.get(setting);
                lines.add(new Line(setting.spec().name(), shown(setting, value.value()), source(value)));
            }
        }
        int nameChars =
                lines.stream().mapToInt(line -> line.name.length()).max().orElse(0);
        int valueChars =
                lines.stream().mapToInt(line -> line.value.length()).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (Line line : lines) {
            out.append(pad(line.name, nameChars)).append(" = ");
            out.append(pad(line.value, valueChars))
                    .append("  # ")
                    .append(line.source)
                    .append('\n');
        }
        return out.toString();
    }

    private static String shown(Setting setting, Object value) {
        if (!setting.spec().secret()) {
            return SettingValue.show(value);
        }
        int bytes = value.toString().getBytes(StandardCharsets.UTF_8).length;
        return bytes == 0 ? "empty" : "set (" + bytes + " bytes)";
    }

    private static String source(SettingValue value) {
        return switch (value.origin()) {
            case DEFAULT -> "default";
            case FILE -> "file " + value.place();
            case ENVIRONMENT, FLAG, MODE -> value.place();
        };
    }

    private static String pad(String text, int chars) {
        return text + " ".repeat(chars - text.length());
    }
}
