package io.millrace.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word the user probably meant. */
final class Spelling {

    private static final int MAX_WORD_CHARS = 32;

    private Spelling() {}

    /** {@code "; did you mean X"} (with a prefix before X), or an empty string if nothing is near. */
    static String suggestion(String word, Collection<String> candidates, String prefix) {
        String nearest = nearest(word, candidates);
        return nearest == null ? "" : "; did you mean " + prefix + nearest + "?";
    }

    /** The candidate fewest edits away, letter case ignored; null if none is within a third of the word. */
    static @Nullable String nearest(String word, Collection<String> candidates) {
        if (word.length() > MAX_WORD_CHARS) {
            return null;
        }
        String lower = word.toLowerCase(Locale.ROOT);
        String best = null;
        int bestEdits = Math.max(1, word.length() / 3) + 1;
        for (String candidate : candidates) {
            int edits = edits(lower, candidate.toLowerCase(Locale.ROOT));
            // One edit turns any one-letter name into any other, so short names must match but for their case.
            if (edits < bestEdits && (edits == 0 || Math.min(candidate.length(), word.length()) > 2)) {
                best = candidate;
                bestEdits = edits;
            }
        }
        return best;
    }

    /** Insertions, deletions, replacements and swaps of neighbours that turn {@code a} into {@code b}. */
    private static int edits(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int least = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = least;
            }
        }
        return cost[a.length()][b.length()];
    }
}
