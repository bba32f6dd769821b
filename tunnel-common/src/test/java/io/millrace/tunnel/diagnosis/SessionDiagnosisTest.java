package io.millrace.tunnel.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tunnel.diagnosis.SessionDiagnosis.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of a session, in virtual time. */
class SessionDiagnosisTest {
    private static final int TICK_MS = 500;

    private final SessionReading reading = new SessionReading();
    private long nowMs = 5;

    /** All steps of so many milliseconds, with the time of each since the start. */
    private List<String> run(SessionDiagnosis diagnosis, long forMs) {
        List<String> steps = new ArrayList<>();
        for (long end = nowMs + forMs; nowMs < end; nowMs += TICK_MS) {
            Step step = diagnosis.check(reading, nowMs);
            if (step != Step.NOTHING) {
                steps.add((nowMs - 5) + " " + step);
            }
        }
        return steps;
    }

    private static SessionDiagnosis client() {
        return new SessionDiagnosis(true);
    }

    @Test
    void aSessionThatSendsNothingIsNotJudged() {
        assertThat(run(client(), 100_000)).isEmpty();
    }

    @Test
    void noAnswerAtAll() {
        reading.sentPkts = 1;
        reading.waiting = true;
        reading.oldestTransmissions = 9;
        reading.oldestBytes = 1300;
        assertThat(run(client(), 80_000))
                .containsExactly(
                        "1000 PROBE_PORT",
                        "10000 NO_ANSWER",
                        "10500 PROBE_PORT",
                        "70000 NO_ANSWER",
                        "70500 PROBE_PORT");
    }

    @Test
    void sessionsThatAreGivenUpAndTriedAnewAreOneSilence() {
        SessionDiagnosis first = client();
        assertThat(first.unansweredSinceMs()).isEqualTo(SessionDiagnosis.NEVER);
        reading.sentPkts = 1;
        assertThat(run(first, 6_000)).containsExactly("1000 PROBE_PORT");
        assertThat(first.unansweredSinceMs()).isEqualTo(5);
        SessionDiagnosis second = new SessionDiagnosis(true, first.unansweredSinceMs());
        assertThat(run(second, 6_000)).containsExactly("6000 PROBE_PORT", "10000 NO_ANSWER", "10500 PROBE_PORT");
        reading.goodPkts = 1;
        run(second, 500);
        assertThat(second.unansweredSinceMs()).isEqualTo(SessionDiagnosis.NEVER);
    }

    @Test
    void packetsWithBadChecksumsAreAnAnswerThatOthersReport() {
        reading.sentPkts = 1;
        reading.badPkts = 3;
        assertThat(run(client(), 30_000)).isEmpty();
    }

    @Test
    void aLateFirstAnswerEndsTheComplaint() {
        SessionDiagnosis diagnosis = client();
        reading.sentPkts = 1;
        assertThat(run(diagnosis, 9_000)).containsExactly("1000 PROBE_PORT");
        reading.goodPkts = 1;
        reading.largestAckedBytes = 8;
        reading.receivedBytes = 16;
        assertThat(run(diagnosis, 60_000)).isEmpty();
    }

    @Test
    void acknowledgementsAndNothingElse() {
        reading.sentPkts = 1;
        reading.goodPkts = 2;
        reading.largestAckedBytes = 8;
        assertThat(run(client(), 60_000)).containsExactly("2000 NUDGE", "12000 NOTHING_BACK");
    }

    @Test
    void aPeerThatForgetsWhatItAcknowledgedHasRefusedIt() {
        SessionDiagnosis diagnosis = client();
        reading.sentPkts = 1;
        reading.goodPkts = 2;
        reading.largestAckedBytes = 8;
        assertThat(run(diagnosis, 2_500)).containsExactly("2000 NUDGE");
        reading.peerForgot = true;
        assertThat(run(diagnosis, 60_000)).containsExactly("2500 REFUSED");
    }

    @Test
    void aPeerThatForgetsAWorkingSessionWasRestarted() {
        SessionDiagnosis diagnosis = client();
        reading.sentPkts = 9;
        reading.goodPkts = 9;
        reading.largestAckedBytes = 8;
        reading.receivedBytes = 100;
        assertThat(run(diagnosis, 60_000)).isEmpty();
        reading.peerForgot = true;
        assertThat(run(diagnosis, 60_000)).containsExactly("60000 FORGOTTEN");
    }

    @Test
    void silenceCountsOnlyWhileSomethingWaits() {
        SessionDiagnosis diagnosis = client();
        reading.sentPkts = 9;
        reading.goodPkts = 9;
        reading.receivedBytes = 100;
        assertThat(run(diagnosis, 60_000)).isEmpty();
        reading.goodPkts++;
        reading.waiting = true;
        assertThat(run(diagnosis, 60_000)).containsExactly("70000 FELL_SILENT");
        reading.goodPkts++; // it came back
        assertThat(run(diagnosis, 60_000)).containsExactly("130000 FELL_SILENT");
    }

    private void stuckWithALargeOne() {
        reading.sentPkts = 20;
        reading.goodPkts = 5;
        reading.receivedBytes = 16;
        reading.waiting = true;
        reading.oldestSn = 3;
        reading.oldestTransmissions = 4;
        reading.oldestBytes = 1298;
        reading.largestAckedBytes = 60;
    }

    private List<String> runWithAnswers(SessionDiagnosis diagnosis, int ticks) {
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < ticks; i++) {
            reading.goodPkts++;
            steps.addAll(run(diagnosis, TICK_MS));
        }
        return steps;
    }

    @Test
    void largePacketsThatNeverArriveWhileSmallOnesDo() {
        stuckWithALargeOne();
        assertThat(runWithAnswers(client(), 40)).containsExactly("3000 MTU_TOO_LARGE");
    }

    @Test
    void aServerSeesThatToo() {
        stuckWithALargeOne();
        assertThat(runWithAnswers(new SessionDiagnosis(false), 40)).containsExactly("3000 MTU_TOO_LARGE");
    }

    @Test
    void aServerSaysNothingElse() {
        reading.sentPkts = 20;
        reading.waiting = true;
        reading.peerForgot = true;
        reading.largestAckedBytes = 10;
        assertThat(run(new SessionDiagnosis(false), 100_000)).isEmpty();
    }

    @Test
    void lossOfPacketsThatUsedToArriveIsNotTheMtus() {
        stuckWithALargeOne();
        reading.largestAckedBytes = 1298;
        assertThat(runWithAnswers(client(), 40)).isEmpty();
        stuckWithALargeOne();
        reading.oldestTransmissions = 3;
        assertThat(runWithAnswers(client(), 40)).isEmpty();
    }

    @Test
    void aDeadPathIsNotTheMtus() {
        stuckWithALargeOne();
        reading.oldestTransmissions = 1;
        SessionDiagnosis diagnosis = client();
        assertThat(run(diagnosis, 2_500)).isEmpty();
        reading.oldestTransmissions = 9;
        assertThat(run(diagnosis, 20_000)).containsExactly("10000 FELL_SILENT");
    }

    @Test
    void progressBeginsTheCountAnew() {
        stuckWithALargeOne();
        SessionDiagnosis diagnosis = client();
        for (int i = 0; i < 20; i++) {
            reading.oldestSn++;
            assertThat(runWithAnswers(diagnosis, 5)).isEmpty();
        }
    }
}
