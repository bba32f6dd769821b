package io.millrace.systemtests;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The interoperability matrix: all combinations of settings, and a choice of them in which every pair of values meets. */
final class Matrix {
    private Matrix() {}

    /** Two values of two different settings. */
    record Pair(int first, Object firstValue, int second, Object secondValue) {}

    static List<TunnelCase> all() {
        List<TunnelCase> all = new ArrayList<>();
        for (Peers peers : Peers.values()) {
            for (String crypt : List.of("aes", "aes-128", "aes-192", "none")) {
                for (Shards shards : Shards.all()) {
                    for (int smuxVersion : new int[] {1, 2}) {
                        for (boolean compression : new boolean[] {false, true}) {
                            for (String mode : List.of("normal", "fast3", "manual")) {
                                all.add(new TunnelCase(peers, crypt, shards, smuxVersion, compression, mode));
                            }
                        }
                    }
                }
            }
        }
        return all;
    }

    /** Always the same: each time the row that adds the most new pairs and, among such rows, repeats the least. */
    static List<TunnelCase> pairwise() {
        List<TunnelCase> candidates = all();
        Set<Pair> missing = pairs(candidates);
        Map<Pair, Integer> uses = new HashMap<>();
        List<TunnelCase> chosen = new ArrayList<>();
        while (!missing.isEmpty()) {
            TunnelCase best = candidates.get(0);
            long bestScore = Long.MIN_VALUE;
            for (TunnelCase candidate : candidates) {
                long fresh = 0;
                long repeated = 0;
                for (Pair pair : pairs(candidate)) {
                    fresh += missing.contains(pair) ? 1 : 0;
                    repeated += uses.getOrDefault(pair, 0);
                }
                long score = fresh * 1_000_000 - repeated;
                if (score > bestScore) {
                    best = candidate;
                    bestScore = score;
                }
            }
            chosen.add(best);
            pairs(best).forEach(pair -> uses.merge(pair, 1, Integer::sum));
            missing.removeAll(pairs(best));
        }
        return chosen;
    }

    static Set<Pair> pairs(List<TunnelCase> rows) {
        Set<Pair> pairs = new HashSet<>();
        rows.forEach(row -> pairs.addAll(pairs(row)));
        return pairs;
    }

    private static Set<Pair> pairs(TunnelCase row) {
        List<Object> values = row.values();
        Set<Pair> pairs = new HashSet<>();
        for (int first = 0; first < values.size(); first++) {
            for (int second = first + 1; second < values.size(); second++) {
                pairs.add(new Pair(first, values.get(first), second, values.get(second)));
            }
        }
        return pairs;
    }
}
