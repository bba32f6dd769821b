package io.millrace.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Any command line (one word a line) runs or exits with 0 or 2; words are never lost; nothing is thrown. */
final class GoFlagsFuzzTest {

    @FuzzTest(maxDuration = "2m")
    void anyCommandLine(byte[] lines) {
        List<String> args = List.of(new String(lines, StandardCharsets.UTF_8).split("\n", -1));
        for (Side side : Side.values()) {
            checkParts(side, args);
        }
        if (args.stream().noneMatch(GoFlagsFuzzTest::namesAFile)) {
            checkOutcome(ClientCommand.parse(args.toArray(new String[0]), Map.of()));
            checkOutcome(ServerCommand.parse(args.toArray(new String[0]), Map.of()));
        }
    }

    private static void checkParts(Side side, List<String> args) {
        try {
            GoFlags flags = GoFlags.parse(side, args);
            if (!args.subList(flags.restAt(), args.size()).equals(flags.rest())) {
                throw new AssertionError("words lost behind " + flags.restAt() + " of " + args);
            }
            if (flags.values().size() > flags.restAt()) {
                throw new AssertionError("more flags than words in " + args);
            }
        } catch (ConfigException e) {
            checkOneLine(e.getMessage());
        }
    }

    private static void checkOutcome(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Run<?> run) {
            run.warnings().forEach(GoFlagsFuzzTest::checkOneLine);
        } else if (outcome instanceof Outcome.Exit<?> exit && exit.code() != 0) {
            checkOneLine(exit.stderrText().substring(0, exit.stderrText().length() - 1));
        }
    }

    /** Fuzzing must not read files at random. */
    private static boolean namesAFile(String word) {
        return word.matches("(?s)--?(c|t|target)(=.*)?");
    }

    private static void checkOneLine(String text) {
        if (text.isEmpty() || text.lines().count() != 1 || text.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("not one harmless line: " + text);
        }
    }
}
