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
        CommandSpec command = CommandSpec.create().name(side.programName());
        command.usageMessage()
                .width(WIDTH_COLUMNS)
                .longOptionsMaxWidth(30)
                .sortOptions(false)
                .sortSynopsis(false)
                .customSynopsis(
                        side.programName() + " [FLAG]...    (or: java -jar " + side.programName() + ".jar [FLAG]...)")
                .description(description(side))
                .footer(footer(side));
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
    static String details(Side side, SettingSpec spec) {
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

    static String[] description(Side side) {
        return side == Side.CLIENT
                ? new String[] {
                    "Accepts TCP connections and carries them over KCP (reliable UDP) to a tunnel server.",
                    "Works with Millrace and kcptun servers. Most tunnels need no more than -localaddr,",
                    "-remoteaddr, a key and a mode; the rest is for tuning. Examples are at the end."
                }
                : new String[] {
                    "Takes tunnel clients over KCP (reliable UDP) and connects their streams to a target.",
                    "Works with Millrace and kcptun clients. Most tunnels need no more than -listen, -target,",
                    "a key and a mode; the rest is for tuning. Examples are at the end."
                };
    }

    private static String[] footer(Side side) {
        List<String> lines = new ArrayList<>(List.of(
                "",
                "* must be the same on both ends; between two Millraces datashard and parityshard may differ:",
                "  " + mustMatchNames(),
                "",
                "Flags take one dash or two, and a value after = or a blank: -mode fast3, --mode=fast3.",
                "Flags without a value are off by default; they are switched on by -nocomp or -nocomp=true,",
                "and off by -nocomp=false. Later wins: default, KCPTUN_KEY, flags, JSON file (-c), mode.",
                ""));
        lines.add("Examples");
        for (String line : examples(side)) {
            lines.add("  " + line);
        }
        return lines.stream().map(HelpText::escape).toArray(String[]::new);
    }

    /** Sentences that end with a colon, and below each the commands, indented. */
    static List<String> examples(Side side) {
        return side == Side.CLIENT
                ? List.of(
                        "Port 8000 of this machine leads to the target of the server at HOST (same key there):",
                        "  export KCPTUN_KEY='a long random text'",
                        "  tunnel-client -localaddr 127.0.0.1:8000 -remoteaddr HOST:29900",
                        "The same by a file, first only looked at:",
                        "  tunnel-client -c client.json -check-config",
                        "  tunnel-client -c client.json",
                        "A link that loses much, with more redundancy (the shards on both ends):",
                        "  tunnel-client -r HOST:29900 -mode fast2 -datashard 10 -parityshard 5",
                        "A kcptun server from before December 2025 that was started without smuxver:",
                        "  tunnel-client -r HOST:29900 -smuxver 1")
                : List.of(
                        "Clients reach the web server of this machine (same key there; open UDP port 29900):",
                        "  export KCPTUN_KEY='a long random text'",
                        "  tunnel-server -listen :29900 -target 127.0.0.1:80",
                        "The same by a file, first only looked at:",
                        "  tunnel-server -c server.json -check-config",
                        "  tunnel-server -c server.json",
                        "A link that loses much, with more redundancy (the shards on both ends):",
                        "  tunnel-server -t 127.0.0.1:80 -mode fast2 -datashard 10 -parityshard 5",
                        "Clients may use any of a hundred ports, with -remoteaddr HOST:29900-29999:",
                        "  tunnel-server -listen :29900-29999 -target 127.0.0.1:80");
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
