package io.millrace.systemtests;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One row of the matrix: who talks to whom, and the settings of both.
 *
 * @param crypt packet cipher
 * @param smuxVersion 1 or 2
 * @param compression snappy framing on
 * @param mode normal, fast, fast2, fast3 or manual; manual switches KCP's congestion window on
 */
record TunnelCase(Peers peers, String crypt, Shards shards, int smuxVersion, boolean compression, String mode) {
    static final String KEY = "system tests' own key";

    List<String> clientFlags() {
        List<String> flags = commonFlags();
        Collections.addAll(flags, shards.clientFlags());
        return flags;
    }

    List<String> serverFlags() {
        List<String> flags = commonFlags();
        Collections.addAll(flags, shards.serverFlags());
        return flags;
    }

    private List<String> commonFlags() {
        List<String> flags = new ArrayList<>(List.of("--crypt", crypt, "--mode", mode));
        Collections.addAll(flags, "--smuxver", Integer.toString(smuxVersion), "--sndwnd", "1024", "--rcvwnd", "1024");
        if (mode.equals("manual")) {
            Collections.addAll(flags, "--nodelay", "1", "--interval", "20", "--resend", "2", "--nc", "0");
        }
        if (!compression) {
            flags.add("--nocomp");
        }
        return flags;
    }

    /** The values, for pairwise cover. */
    List<Object> values() {
        return List.of(peers, crypt, shards, smuxVersion, compression, mode);
    }

    @Override
    public String toString() {
        return peers + ", " + crypt + ", " + shards + ", smux " + smuxVersion + ", "
                + (compression ? "snappy" : "nocomp") + ", " + mode;
    }
}
