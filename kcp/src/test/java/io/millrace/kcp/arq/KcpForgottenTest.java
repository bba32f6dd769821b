package io.millrace.kcp.arq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sender learns about its peer from acknowledgements beside what arrived. */
@ParameterizedClass(name = "numbers from {0}")
@ValueSource(ints = {0, Integer.MAX_VALUE, -2})
class KcpForgottenTest {
    private final KcpBench bench;

    KcpForgottenTest(int firstSn) {
        bench = new KcpBench(KcpBench.config(true, 10, 2), firstSn, 0);
    }

    private void send(String text) {
        bench.send(text);
        bench.flush();
    }

    @Test
    void aPeerThatAcknowledgesWithoutWhatItAcknowledgedBeforeHasForgottenIt() {
        send("a");
        bench.peerUna = 1;
        bench.input(bench.ack(0, 0));
        send("b");
        assertThat(bench.kcp.peerForgot()).isFalse();
        bench.peerUna = 0;
        bench.input(bench.ack(1, 0));
        assertThat(bench.kcp.peerForgot()).isTrue();
    }

    @Test
    void anAcknowledgementThatWasOvertakenIsNoSign() {
        send("a");
        send("b");
        bench.peerUna = 1;
        bench.input(bench.ack(0, 0));
        bench.peerUna = 0; // made when b had come before a
        bench.input(bench.ack(1, 0));
        assertThat(bench.kcp.peerForgot()).isFalse();
        send("c");
        bench.peerUna = 2;
        bench.input(bench.ack(1, 0));
        bench.peerUna = 1;
        bench.input(bench.ack(0, 0));
        assertThat(bench.kcp.peerForgot()).isFalse();
    }

    @Test
    void acknowledgementsOfWhatWasNeverSentAreNoSign() {
        send("a");
        bench.peerUna = 1;
        bench.input(bench.ack(0, 0));
        bench.peerUna = 0;
        bench.input(bench.ack(1, 0));
        bench.input(bench.ack(500, 0));
        bench.input(bench.wins());
        assertThat(bench.kcp.peerForgot()).isFalse();
    }

    @Test
    void theLargestAcknowledgedAndTheOldestWaiting() {
        send("abc");
        send("abcdef");
        send("ab");
        assertThat(bench.kcp.largestAckedBytes()).isZero();
        assertThat(bench.kcp.oldestBytes()).isEqualTo(3);
        assertThat(bench.kcp.oldestTransmissions()).isEqualTo(1);
        bench.input(bench.ack(0, 0), bench.ack(2, 0));
        assertThat(bench.kcp.largestAckedBytes()).isEqualTo(3);
        assertThat(bench.kcp.oldestBytes()).isEqualTo(6);
        bench.peerUna = 3;
        bench.input(bench.wins());
        assertThat(bench.kcp.largestAckedBytes()).isEqualTo(6);
        assertThat(bench.kcp.oldestBytes()).isZero();
        assertThat(bench.kcp.oldestTransmissions()).isZero();
    }
}
