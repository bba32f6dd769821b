package io.millrace.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Man pages and shell completion, made from the {@link Setting} table when the programs are packed:
 * {@code java -cp tunnel-client.jar io.millrace.config.Manual man client}.
 */
public final class Manual {
    private static final int EXIT_USAGE = 2;

    private Manual() {}

    /** Prints what is asked for: {@code man|completion} and {@code client|server}. */
    public static void main(String[] args) {
        List<String> words = Arrays.asList(args);
        List<Side> sides = Arrays.stream(Side.values())
                .filter(side -> words.size() == 2 && words.get(1).equals(side.toString()))
                .toList();
        if (sides.isEmpty() || !List.of("man", "completion").contains(words.get(0))) {
            System.err.println("usage: Manual man|completion client|server");
            System.exit(EXIT_USAGE);
        }
        System.out.print(words.get(0).equals("man") ? manPage(sides.get(0)) : completion(sides.get(0)));
        System.out.flush();
    }

    /** A page of section 1 in man macros. */
    static String manPage(Side side) {
        String name = side.programName();
        StringBuilder out = new StringBuilder();
        out.append(".TH ").append(name.toUpperCase(Locale.ROOT)).append(" 1 \"\" \"Millrace ");
        out.append(MillraceVersion.current()).append("\" \"User Commands\"\n");
        section(out, "NAME", escape(name + " - the " + side + " of a TCP tunnel over KCP"));
        section(out, "SYNOPSIS", bold(name) + " [" + italic("FLAG") + "]...");
        section(out, "DESCRIPTION", escape(String.join(" ", HelpText.description(side))));
        paragraph(
                out, "Flags take one dash or two, and a value after = or a blank. Booleans take a value only after =.");
        paragraph(out, "Later wins: default, environment, flags, JSON file, mode profile.");
        out.append(".SH OPTIONS\n");
        for (SettingGroup group : SettingGroup.values()) {
            List<Setting> settings = settings(side, group);
            if (!settings.isEmpty()) {
                out.append(".SS \"").append(escape(group.heading())).append("\"\n");
                settings.forEach(setting -> option(out, side, setting.spec()));
            }
        }
        examples(out, side);
        out.append(".SH ENVIRONMENT\n");
        item(out, bold("KCPTUN_KEY"), "the pre-shared secret, if the variable exists");
        item(out, bold("JAVA_HOME"), "the Java runtime to prefer; 17 or newer");
        item(out, bold("MILLRACE_JAVA_OPTS"), "further options for the Java virtual machine, such as -Xmx256m");
        item(out, bold("MILLRACE_CDS"), "off: start without the class archive");
        out.append(".SH EXIT STATUS\n");
        item(out, "0", "help, the version, or a check of the configuration was asked for");
        item(out, "1", "the program could not start");
        item(out, "2", "a flag, or the file, is wrong");
        item(out, "130, 143", "ended in order by SIGINT, by SIGTERM");
        out.append(".SH FILES\n");
        item(
                out,
                italic("/etc/millrace/NAME.json"),
                "read by the systemd unit millrace-" + side + "@NAME; keys are named like flags");
        section(out, "SEE ALSO", bold(escape(side.other().programName())) + "(1)");
        return out.toString();
    }

    private static void option(StringBuilder out, Side side, SettingSpec spec) {
        List<String> names = new ArrayList<>();
        names.add(spec.name());
        names.addAll(spec.aliases());
        String value = spec.type() == SettingSpec.Type.BOOLEAN ? "" : " " + italic(escape(spec.placeholder()));
        String tag = names.stream().map(name -> bold(escape("-" + name))).collect(Collectors.joining(", ")) + value;
        item(
                out,
                tag,
                spec.description()
                        + HelpText.details(side, spec)
                        + (spec.mustMatch() ? ". Must be the same on both ends." : ""));
    }

    private static void examples(StringBuilder out, Side side) {
        out.append(".SH EXAMPLES\n");
        boolean commands = false;
        for (String line : HelpText.examples(side)) {
            boolean command = line.startsWith(" ");
            if (command != commands) {
                out.append(command ? ".EX\n" : ".EE\n");
                commands = command;
            }
            if (command) {
                out.append(escape(line)).append('\n');
            } else {
                paragraph(out, line);
            }
        }
        out.append(".EE\n");
    }

    private static List<Setting> settings(Side side, SettingGroup group) {
        return Arrays.stream(Setting.values())
                .filter(setting -> setting.isFor(side) && setting.spec().group() == group)
                .toList();
    }

    private static void section(StringBuilder out, String heading, String roff) {
        out.append(".SH ").append(heading).append('\n').append(roff).append('\n');
    }

    private static void paragraph(StringBuilder out, String text) {
        out.append(".PP\n").append(escape(text)).append('\n');
    }

    private static void item(StringBuilder out, String tagRoff, String text) {
        out.append(".TP\n").append(tagRoff).append('\n').append(escape(text)).append('\n');
    }

    private static String bold(String roff) {
        return "\\fB" + roff + "\\fR";
    }

    private static String italic(String roff) {
        return "\\fI" + roff + "\\fR";
    }

    /** Roff prints some characters as others that look alike, and takes a line that begins with a point for a request. */
    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("^", "\\(ha");
        return escaped.startsWith(".") ? "\\&" + escaped : escaped;
    }

    /** A script for bash (and zsh with bashcompinit). */
    static String completion(Side side) {
        CommandSpec command = CommandSpec.create().name(side.programName());
        for (Setting setting : Setting.values()) {
            if (setting.isFor(side)) {
                command.addOption(completed(setting));
            }
        }
        return AutoComplete.bash(side.programName(), new CommandLine(command));
    }

    private static OptionSpec completed(Setting setting) {
        SettingSpec spec = setting.spec();
        List<String> names = new ArrayList<>(List.of("-" + spec.name()));
        spec.aliases().forEach(alias -> names.add("-" + alias));
        boolean isFlag = spec.type() == SettingSpec.Type.BOOLEAN;
        OptionSpec.Builder option = OptionSpec.builder(names.toArray(new String[0]))
                .arity(isFlag ? "0" : "1")
                .type(isFlag ? boolean.class : spec.placeholder().equals("FILE") ? Path.class : String.class);
        if (setting == Setting.MODE) {
            option.completionCandidates(Named.names(Mode.class));
        } else if (setting == Setting.CRYPT) {
            option.completionCandidates(Named.names(CryptName.class));
        }
        return option.build();
    }
}
