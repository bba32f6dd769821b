package io.millrace.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tables of docs/configuration.md, made from {@link Setting} and {@link Mode}. */
final class ConfigurationDoc {
    private static final String BEGIN = "<!-- generated: begin -->\n";
    private static final String END = "<!-- generated: end -->\n";

    private ConfigurationDoc() {}

    /** The document with the tables in it anew; what stands outside of the marks stays. */
    static String update(String document) {
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        int end = document.indexOf(END);
        if (begin < BEGIN.length() || end < begin) {
            throw new IllegalArgumentException("the marks of the generated part are missing");
        }
        return document.substring(0, begin) + tables() + document.substring(end);
    }

    private static String tables() {
        StringBuilder out = new StringBuilder();
        for (SettingGroup group : SettingGroup.values()) {
            List<Setting> settings = List.of(Setting.values()).stream()
                    .filter(setting -> setting.spec().group() == group)
                    .toList();
            if (settings.isEmpty()) {
                continue;
            }
            out.append("\n## ").append(group.heading()).append("\n\n");
            out.append(row("flag", "JSON key", "client", "server", "value", "match", "meaning"));
            out.append(row("---", "---", "---", "---", "---", "---", "---"));
            settings.forEach(setting -> out.append(row(setting)));
            if (group == SettingGroup.MANUAL) {
                out.append('\n').append(profiles());
            }
        }
        return out.append('\n').toString();
    }

    private static String row(Setting setting) {
        SettingSpec spec = setting.spec();
        List<String> names = new ArrayList<>(List.of(spec.name()));
        names.addAll(spec.aliases());
        return row(
                names.stream().map(name -> "`-" + name + "`").collect(Collectors.joining(", ")),
                spec.jsonKey() == null ? "none" : "`" + spec.jsonKey() + "`",
                shownDefault(setting, Side.CLIENT),
                shownDefault(setting, Side.SERVER),
                allowed(spec),
                spec.mustMatch() ? "**both**" : "local",
                spec.description() + (spec.detail().isEmpty() ? "" : "; " + spec.detail()));
    }

    private static String shownDefault(Setting setting, Side side) {
        return setting.isFor(side) ? shown(setting.spec().defaultFor(side)) : "-";
    }

    private static String shown(Object value) {
        if (value instanceof Boolean on) {
            return on ? "on" : "off";
        }
        return value.equals("") ? "empty" : value instanceof Long ? value.toString() : "`" + value + "`";
    }

    private static String allowed(SettingSpec spec) {
        return switch (spec.type()) {
            case TEXT -> spec.placeholder().toLowerCase(Locale.ROOT);
            case BOOLEAN -> "boolean";
            case INTEGER -> range(spec) + (spec.unit().isEmpty() ? "" : " " + spec.unit());
        };
    }

    private static String range(SettingSpec spec) {
        if (spec.max() >= Integer.MAX_VALUE) {
            return spec.min() + " or more" + (spec.unit().isEmpty() ? "" : ",");
        }
        return spec.min() + (spec.max() == spec.min() + 1 ? ", " : "..") + spec.max();
    }

    private static String profiles() {
        StringBuilder out = new StringBuilder();
        out.append(row("mode", "nodelay", "interval (ms)", "resend", "nc"));
        out.append(row("---", "---", "---", "---", "---"));
        for (Mode mode : Mode.values()) {
            List<String> cells = new ArrayList<>(List.of("`" + mode.configName() + "`"));
            mode.profile().values().forEach(value -> cells.add(mode == Mode.MANUAL ? "as given" : value.toString()));
            out.append(row(cells.toArray(String[]::new)));
        }
        return out.toString();
    }

    private static String row(String... cells) {
        return List.of(cells).stream()
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
