package io.millrace.kcp.crypto;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Whether the processor enciphers four AES blocks with one instruction (VAES on AVX-512). HotSpot then takes the blocks of
 * one ECB call {@value #BLOCKS} by {@value #BLOCKS} and those left over one by one, which costs more than filling them up.
 */
final class WideAes {
    /** Blocks taken together. */
    static final int BLOCKS = 32;

    /** So many blocks one by one take as long as {@link #BLOCKS} together. */
    private static final int WORTH_FILLING_UP = 12;

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Set<String> NEEDED = Set.of("vaes", "avx512f", "avx512vl", "avx512bw", "avx512dq");
    private static final boolean PRESENT = isPresent(CPU_INFO);

    private WideAes() {}

    /** How many blocks to encipher in one call in place of {@code blocks}, on this machine. */
    static int paddedBlocks(int blocks) {
        return PRESENT ? filledUp(blocks) : blocks;
    }

    /** The same on a machine that has it. */
    static int filledUp(int blocks) {
        int over = blocks % BLOCKS;
        return over < WORTH_FILLING_UP ? blocks : blocks - over + BLOCKS;
    }

    /** Reads Linux's description of the processors; where there is none the answer is no. */
    static boolean isPresent(Path cpuInfo) {
        try (BufferedReader lines = Files.newBufferedReader(cpuInfo, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("flags")) {
                    return List.of(line.substring(line.indexOf(':') + 1).trim().split("\\s+"))
                            .containsAll(NEEDED);
                }
            }
            return false;
        } catch (IOException | UnsupportedOperationException | SecurityException unknown) {
            return false;
        }
    }
}
