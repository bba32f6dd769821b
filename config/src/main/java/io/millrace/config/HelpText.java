package io.millrace.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The help text, rendered by picocli from the {@link Setting} table. Picocli is loaded only when help is asked for: normal
 * starts do without it.
 */
final class HelpText {

    private static final int WIDTH_COLUMNS = 100;

    private HelpText() {}

    static String render(Side side) {
        return new CommandLine(commandSpec(side)).getUsageMessage(Ansi.OFF);
    }

    /** The options of a side as picocli declares them. */
    static CommandSpec commandSpec(Side side) {
        CommandSpec command = CommandSpec.create().name("java -jar " + side.programName() + ".jar");
        command.usageMessage()
                .width(WIDTH_COLUMNS)
                .longOptionsMaxWidth(30)
                .sortOptions(false)
                .sortSynopsis(false)
                .customSynopsis("java -jar " + side.programName() + ".jar [FLAG]...")
                .description(description(side))
                .footer(footer());
        int order = 0;
        for (SettingGroup group : SettingGroup.values()) {
            List<Setting> settings = Stream.of(Setting.values())
                    .filter(setting -> setting.isFor(side) && setting.spec().group() == group)
                    .toList();
            if (settings.isEmpty()) {
                continue;
            }
            ArgGroupSpec.Builder section = ArgGroupSpec.builder()
                    .heading("%n" + group.heading() + "%n")
                    .validate(false)
                    .order(order++);
            for (Setting setting : settings) {
                section.addArg(option(side, setting.spec(), order++));
            }
            command.addArgGroup(section.build());
        }
        return command;
    }

    private static OptionSpec option(Side side, SettingSpec spec, int order) {
        List<String> names = new ArrayList<>();
        spec.aliases().forEach(alias -> names.add("-" + alias));
        names.add("-" + spec.name());
        boolean isFlag = spec.type() == SettingSpec.Type.BOOLEAN;
        return OptionSpec.builder(names.toArray(new String[0]))
                .arity(isFlag ? "0" : "1")
                .type(isFlag ? boolean.class : String.class)
                .paramLabel(spec.placeholder())
                .order(order)
                .description((spec.mustMatch() ? "* " : "  ") + escape(spec.description() + details(side, spec)))
                .build();
    }

    /** Range, unit and default in brackets. */
    private static String details(Side side, SettingSpec spec) {
        List<String> parts = new ArrayList<>();
        if (spec.min() != Long.MIN_VALUE && spec.max() != Integer.MAX_VALUE) {
            parts.add(spec.min() + ".." + spec.max());
        }
        if (!spec.unit().isEmpty()) {
            parts.add(spec.unit());
        }
        Object value = spec.defaultFor(side);
        if (spec.type() != SettingSpec.Type.BOOLEAN && !value.equals("")) {
            parts.add("default " + value);
        }
        return parts.isEmpty() ? "" : " [" + String.join(", ", parts) + "]";
    }

    private static String[] description(Side side) {
        return side == Side.CLIENT
                ? new String[] {
                    "Accepts TCP connections and carries them over KCP (reliable UDP) to a tunnel server.",
                    "Works with Millrace and kcptun servers."
                }
                : new String[] {
                    "Takes tunnel clients over KCP (reliable UDP) and connects their streams to a target.",
                    "Works with Millrace and kcptun clients."
                };
    }

    private static String[] footer() {
        List<String> lines = List.of(
                "",
                "* must be the same on both ends, or nothing gets through:",
                "  " + mustMatchNames(),
                "",
                "Flags take one dash or two, and a value after = or a blank: -mode fast3, --mode=fast3.",
                "Booleans take a value only after =: -nocomp, -nocomp=true, -nocomp=false.",
                "Later wins: default, KCPTUN_KEY, flags, JSON file (-c), mode profile.",
                "",
                "Example (server, then client; then connect to port 8000 on the client):",
                "  KCPTUN_KEY=... java -jar tunnel-server.jar -listen :29900 -target 127.0.0.1:80",
                "  KCPTUN_KEY=... java -jar tunnel-client.jar -localaddr :8000 -remoteaddr HOST:29900");
        return lines.stream().map(HelpText::escape).toArray(String[]::new);
    }

    private static String mustMatchNames() {
        List<String> names = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            if (setting.spec().mustMatch()) {
                names.add(setting.spec().name());
            }
        }
        return String.join(", ", names);
    }

    /** Picocli formats these texts: a percent sign is doubled. */
    private static String escape(String text) {
        return text.replace("%", "%%");
    }
}
