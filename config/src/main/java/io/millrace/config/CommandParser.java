package io.millrace.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** From a command line to an {@link Outcome}, the same for both programs. */
final class CommandParser {

    static final int EXIT_OK = 0;
    static final int EXIT_USAGE = 2;

    private CommandParser() {}

    /** Turns errors into an exit with one line on standard error. */
    static <C> Outcome<C> parse(
            Side side, List<String> args, Map<String, String> environment, Function<Assembly, C> assemble) {
        try {
            GoFlags flags = GoFlags.parse(side, args);
            if (asksForHelp(flags)) {
                return new Outcome.Exit<>(EXIT_OK, HelpText.render(side), "");
            }
            if (isSet(flags, Setting.VERSION)) {
                return new Outcome.Exit<>(EXIT_OK, "millrace version " + MillraceVersion.current() + "\n", "");
            }
            return isSet(flags, Setting.CHECK_CONFIG)
                    ? check(side, flags, environment, assemble)
                    : run(side, flags, assembly(side, flags, environment), assemble);
        } catch (ConfigException e) {
            return new Outcome.Exit<>(EXIT_USAGE, "", side.programName() + ": " + e.getMessage() + "\n");
        }
    }

    /** Like {@link #parse}, but errors are thrown, and help and version cannot be asked for. */
    static <C> Outcome.Run<C> load(
            Side side, List<String> args, Map<String, String> environment, Function<Assembly, C> assemble) {
        GoFlags flags = GoFlags.parse(side, args);
        return run(side, flags, assembly(side, flags, environment), assemble);
    }

    private static <C> Outcome.Run<C> run(Side side, GoFlags flags, Assembly assembly, Function<Assembly, C> assemble) {
        C config = assemble.apply(assembly);
        List<String> warnings = new ArrayList<>();
        if (!flags.rest().isEmpty()) {
            warnings.add(describeRest(side, flags));
        }
        warnings.addAll(assembly.warnings());
        return new Outcome.Run<>(config, warnings, assembly.notes());
    }

    private static Assembly assembly(Side side, GoFlags flags, Map<String, String> environment) {
        return new Assembly(LayeredValues.stack(side, flags, environment));
    }

    /** What a start would run with, on standard output; what it would warn of, on standard error. */
    private static <C> Outcome<C> check(
            Side side, GoFlags flags, Map<String, String> environment, Function<Assembly, C> assemble) {
        Assembly assembly = assembly(side, flags, environment);
        Outcome.Run<C> run = run(side, flags, assembly, assemble);
        StringBuilder remarks = new StringBuilder();
        run.warnings().forEach(line -> remarks.append("warning: ").append(line).append('\n'));
        run.notes().forEach(line -> remarks.append("note: ").append(line).append('\n'));
        return new Outcome.Exit<>(EXIT_OK, ConfigReport.render(assembly.values()), remarks.toString());
    }

    private static boolean asksForHelp(GoFlags flags) {
        String first = flags.rest().isEmpty() ? "" : flags.rest().get(0);
        return isSet(flags, Setting.HELP) || first.equals("help") || first.equals("h");
    }

    private static boolean isSet(GoFlags flags, Setting setting) {
        SettingValue value = flags.values().get(setting);
        return value != null && (Boolean) value.value();
    }

    /** Names the known flags that were lost, but no other word: those may be part of a key that was not quoted. */
    private static String describeRest(Side side, GoFlags flags) {
        String lost = flags.flagsInRest(side).stream().map(name -> "-" + name).collect(Collectors.joining(", "));
        return "ignored from argument " + (flags.restAt() + 1) + " on ("
                + flags.rest().size() + " in all" + (lost.isEmpty() ? "" : ", among them " + lost)
                + "): flags end at the first word that is none; booleans take a value only as -name=value";
    }
}
