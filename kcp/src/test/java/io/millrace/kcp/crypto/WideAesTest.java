package io.millrace.kcp.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WideAesTest {
    private final Path folder;

    WideAesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "11, 11", "12, 32", "31, 32", "32, 32", "43, 43", "44, 64", "48, 64", "64, 64"})
    void fillsUpWhereThatTakesLessTime(int blocks, int filledUp) {
        assertThat(WideAes.filledUp(blocks)).isEqualTo(filledUp);
    }

    @Test
    void needsAllTheFeaturesThatTheJvmNeeds() throws IOException {
        assertThat(WideAes.isPresent(cpuInfo("flags\t\t: fpu aes avx512f avx512dq avx512bw avx512vl vaes")))
                .isTrue();
        assertThat(WideAes.isPresent(cpuInfo("flags\t\t: fpu aes avx512f avx512dq avx512bw avx512vl")))
                .isFalse();
        assertThat(WideAes.isPresent(cpuInfo("flags\t\t: fpu aes vaes avx2"))).isFalse();
        assertThat(WideAes.isPresent(cpuInfo("Features\t: fp asimd aes"))).isFalse();
    }

    @Test
    void isAbsentWhereTheProcessorIsNotDescribed() {
        assertThat(WideAes.isPresent(folder.resolve("none"))).isFalse();
    }

    private Path cpuInfo(String line) throws IOException {
        return Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\n" + line + "\n\nprocessor\t: 1\n");
    }
}
