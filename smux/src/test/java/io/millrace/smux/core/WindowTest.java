package io.millrace.smux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Send and receive windows, their thresholds and their wrap-around. spec: smux 6 */
class WindowTest {
    private static final long TWO_31 = 1L << 31;
    private static final long TWO_32 = 1L << 32;

    @Test
    void startsWithTheFixedWindowWhateverIsConfigured() {
        SendWindow window = new SendWindow(2, 0);
        assertThat(window.availableBytes()).isEqualTo(262144);
        window.onSent(262144);
        assertThat(window.availableBytes()).isZero();
        assertThat(window.frameBytes(1)).isZero();
    }

    @Test
    void version1HasNoWindow() {
        SendWindow window = new SendWindow(1, 0);
        window.onSent(Integer.MAX_VALUE);
        window.onSent(Integer.MAX_VALUE);
        assertThat(window.frameBytes(65535)).isEqualTo(65535);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, TWO_31 - 100_000, TWO_31, TWO_32 - 100_000, TWO_32 - 1, TWO_32, 5 * TWO_32 - 7})
    void countsAcrossTheWrapOfTheWireCounter(long start) {
        SendWindow window = new SendWindow(2, start);
        long consumed = start;
        for (int i = 0; i < 100; i++) {
            window.onSent(200_000);
            consumed += 150_000 + (i % 2 == 0 ? 50_000 : 0);
            consumed = Math.min(consumed, window.writtenBytes());
            assertThat(window.onUpdate((int) consumed, 1 << 21)).isEqualTo(SendWindow.Update.ACCEPTED);
            assertThat(window.inFlightBytes()).isEqualTo(window.writtenBytes() - consumed);
            consumed = window.writtenBytes();
            assertThat(window.onUpdate((int) consumed, 1 << 21)).isEqualTo(SendWindow.Update.ACCEPTED);
        }
        assertThat(window.writtenBytes()).isEqualTo(start + 20_000_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, TWO_31 - 1, TWO_31, TWO_32 - 1, TWO_32})
    void tellsLiesFromOldNews(long start) {
        SendWindow window = new SendWindow(2, start);
        window.onSent(1000);
        assertThat(window.onUpdate((int) (start + 500), 4096)).isEqualTo(SendWindow.Update.ACCEPTED);
        assertThat(window.onUpdate((int) (start + 499), 8192)).isEqualTo(SendWindow.Update.STALE);
        assertThat(window.availableBytes()).isEqualTo(4096 - 500);
        assertThat(window.onUpdate((int) (start + 1001), 4096)).isEqualTo(SendWindow.Update.BEYOND_SENT);
        assertThat(window.onUpdate((int) (start + 1000), 4096)).isEqualTo(SendWindow.Update.ACCEPTED);
        assertThat(window.availableBytes()).isEqualTo(4096);
    }

    @Test
    void waitsWhenTheWindowIsSmallerThanWhatIsInFlight() {
        SendWindow window = new SendWindow(2, 0);
        window.onSent(5000);
        assertThat(window.onUpdate(0, 0)).isEqualTo(SendWindow.Update.ACCEPTED);
        assertThat(window.availableBytes()).isZero();
        window.onUpdate(5000, 0);
        assertThat(window.frameBytes(10)).isZero();
        window.onUpdate(5000, 3);
        assertThat(window.frameBytes(10)).isEqualTo(3);
    }

    @Test
    void clampsAWindowThatGoBlocksOn() {
        SendWindow window = new SendWindow(2, 0);
        window.onUpdate(0, 0x80000000);
        assertThat(window.availableBytes()).isEqualTo(Integer.MAX_VALUE);
        window.onUpdate(0, -1);
        assertThat(window.availableBytes()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void holdsSliversBackWhileAnUpdateIsDue() {
        SendWindow window = new SendWindow(2, 0);
        window.onSent(1000);
        window.onUpdate(1000, 8000);
        window.onSent(7000);
        assertThat(window.frameBytes(2000)).as("a sliver").isZero();
        assertThat(window.frameBytes(1000)).as("all that is wanted fits").isEqualTo(1000);
        window.onUpdate(8000, 10);
        assertThat(window.frameBytes(2000)).as("nothing is in flight").isEqualTo(10);
    }

    @Property(tries = 300)
    void neverExceedsTheWindowAndNeverStallsAPeerThatReportsHalfWindows(
            @ForAll @IntRange(min = 1, max = 100_000) int windowBytes,
            @ForAll @IntRange(min = 1, max = 65535) int frameBytes,
            @ForAll @LongRange(min = 0, max = 3 * TWO_32) long start) {
        SendWindow sender = new SendWindow(2, start);
        ReceiveWindow receiver = new ReceiveWindow(windowBytes, 0, start);
        long left = 300_000;
        while (left > 0) {
            int n = sender.frameBytes((int) Math.min(left, frameBytes));
            if (n == 0) {
                break;
            }
            sender.onSent(n);
            left -= n;
            assertThat(receiver.onReceived(n)).isTrue();
            if (receiver.onConsumed(n)) {
                assertThat(sender.onUpdate(receiver.announce(), windowBytes)).isEqualTo(SendWindow.Update.ACCEPTED);
            }
        }
        assertThat(left).isZero();
    }

    @Test
    void reportsAtTheFirstReadAndThenEachHalfWindow() {
        ReceiveWindow window = new ReceiveWindow(65536, 0, 0);
        List<Integer> reported = new ArrayList<>();
        int frameLeft = 10_000;
        for (int total = 0; total < 180_000; ) {
            int n = Math.min(4096, frameLeft);
            frameLeft = frameLeft == n ? 10_000 : frameLeft - n;
            total += n;
            if (window.onConsumed(n)) {
                reported.add(window.announce());
            }
        }
        assertThat(reported).startsWith(4096, 38192, 74096, 108192, 144096, 178192);
    }

    @ParameterizedTest
    @ValueSource(longs = {TWO_31, TWO_32, 2 * TWO_32})
    void reportsACounterThatWrapsToExactlyZero(long end) {
        ReceiveWindow window = new ReceiveWindow(65536, 0, end - 40_000);
        assertThat(window.onConsumed(1)).isTrue();
        window.announce();
        assertThat(window.onConsumed(39_999)).isTrue();
        assertThat(window.announce()).isEqualTo((int) end);
    }

    @Test
    void toleratesTheFixedFirstWindowAndThenTheAnnouncedOne() {
        ReceiveWindow window = new ReceiveWindow(1000, 0, 0);
        assertThat(window.onReceived(262144)).isTrue();
        assertThat(window.onReceived(1)).isFalse();

        ReceiveWindow slack = new ReceiveWindow(1000, 500, 0);
        assertThat(slack.onReceived(262644)).isTrue();
        assertThat(slack.onReceived(1)).isFalse();

        ReceiveWindow announced = new ReceiveWindow(300_000, 0, 0);
        assertThat(announced.onReceived(300_000)).isTrue();
        announced.onConsumed(100_000);
        assertThat(announced.onReceived(1)).isFalse();
        announced.announce();
        assertThat(announced.onReceived(99_999)).isTrue();
        assertThat(announced.onReceived(1)).isFalse();
    }
}
