package io.millrace.tunnel.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecksumFailuresTest {
    private final ChecksumFailures failures = new ChecksumFailures();

    private static InetAddress host(int number) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClientWithAnotherKeyIsReportedWithinSecondsAndThenOnceAMinute() {
        List<String> reports = new ArrayList<>();
        for (long nowMs = 0; nowMs < 130_000; nowMs += 200) {
            long packets = failures.onFailure(host(1), nowMs);
            if (packets > 0) {
                reports.add(nowMs + ": " + packets);
            }
        }
        assertThat(reports).containsExactly("1000: 6", "61000: 306", "121000: 606");
    }

    @Test
    void slowRetransmissionsAreReportedAtTheThird() {
        assertThat(failures.onFailure(host(1), 0)).isZero();
        assertThat(failures.onFailure(host(1), 400)).isZero();
        assertThat(failures.onFailure(host(1), 1_200)).isEqualTo(3);
    }

    @Test
    void aStrangerThatTriesNowAndThenIsNot() {
        for (long nowMs = 0; nowMs < 10_000_000; nowMs += ChecksumFailures.FORGET_MS) {
            assertThat(failures.onFailure(host(1), nowMs)).isZero();
        }
    }

    @Test
    void aBurstIsNotYetAReason() {
        for (int i = 0; i < 1000; i++) {
            assertThat(failures.onFailure(host(1), 999)).isZero();
        }
        assertThat(failures.onFailure(host(1), 2_000)).isEqualTo(1001);
    }

    @Test
    void aFloodFromManyHostsKeepsNoMoreThanItMayAndSaysLittle() {
        int reports = 0;
        for (int i = 0; i < 100_000; i++) {
            reports += failures.onFailure(host(i % 50), i / 10) > 0 ? 1 : 0;
            failures.onFailure(host(1000 + i), i / 10);
            assertThat(failures.hosts()).isLessThanOrEqualTo(ChecksumFailures.MAX_HOSTS);
        }
        assertThat(reports).isLessThanOrEqualTo(10); // ten seconds
    }
}
