package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KcpConfigTest {
    private static KcpConfig config(int mtu, int sendWindow, int receiveWindow, int intervalMs, int fastResend) {
        return new KcpConfig(mtu, sendWindow, receiveWindow, true, intervalMs, fastResend, false, false);
    }

    @ParameterizedTest
    @CsvSource({"25, 1", "1322, 1298", "1500, 1476"})
    void aFullSegmentIsThePacketLessAHeader(int mtu, int mss) {
        assertThat(config(mtu, 1, 1, 10, 0).mssBytes()).isEqualTo(mss);
    }

    @ParameterizedTest
    @CsvSource({"-1, 10", "0, 10", "10, 10", "5000, 5000", "5001, 5000", "2147483647, 5000"})
    void theIntervalIsClamped(int given, int taken) {
        assertThat(config(1400, 1, 1, given, 0).intervalMs()).isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource({
        "24, 1, 1, 0, mtuBytes 24: allowed are 25..1500",
        "1501, 1, 1, 0, mtuBytes 1501: allowed are 25..1500",
        "1400, 0, 1, 0, sendWindowSegments 0: allowed are 1..65535",
        "1400, 65536, 1, 0, sendWindowSegments 65536: allowed are 1..65535",
        "1400, 1, 0, 0, receiveWindowSegments 0: allowed are 1..65535",
        "1400, 1, 65536, 0, receiveWindowSegments 65536: allowed are 1..65535",
        "1400, 1, 1, -1, fastResend -1: allowed are 0..2147483647"
    })
    void whatIsOutOfRangeIsNamed(int mtu, int sendWindow, int receiveWindow, int fastResend, String message) {
        assertThatThrownBy(() -> config(mtu, sendWindow, receiveWindow, 10, fastResend))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void windowsGoUpTo65535() {
        assertThat(config(1400, 65_535, 65_535, 10, 0).receiveWindowSegments()).isEqualTo(65_535);
    }
}
